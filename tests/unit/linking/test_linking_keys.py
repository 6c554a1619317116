"""Keys find accounts of one incident, and few others."""

from hypothesis import given
from hypothesis import strategies as st

from incidex.linking import Account, candidate_pairs, keys, make_account, rank
from incidex.linking.keys import MOST_CANDIDATES, MOST_SHARING


def known(name: str, text: str = "", year: str = "2017", **more: str) -> Account:
    held = {"victim.name": frozenset({name}), "date.occurred": frozenset({year})} if name else {}
    held |= {field.replace("_", "."): frozenset({value}) for field, value in more.items()}
    return make_account(held, text)


def test_two_forms_of_a_name_share_a_key() -> None:
    forms = [
        (known("University of California, Los Angeles"), known("UCLA")),
        (known("MGM Resorts International"), known("MGM Resorts")),
        (known("Medibank"), known("Medibnak")),
        (known("Acme Widgets"), known("", victim_domain="acme-widgets.com")),
        (known("Northrop Grumman"), known("", "A clerk at Northrop Grumman Corp. lost a laptop.")),
        (known("One", identifier="x:1"), known("Another", identifier="x:1", year="1999")),
    ]
    for one, other in forms:
        assert keys(one) & keys(other), (one.names, other.names)


def test_what_nothing_is_known_of_has_no_key() -> None:
    assert keys(Account()) == frozenset()


def test_pairs_are_yielded_once_the_lower_place_first() -> None:
    accounts = [known("Acme"), known("Zenith"), known("Acme Ltd")]
    assert list(candidate_pairs(accounts)) == [(0, 2)]


def test_a_name_that_thousands_share_makes_few_pairs_and_those_nearest_in_time() -> None:
    accounts = [known("City Council", year=f"{1000 + place}") for place in range(500)]
    pairs = list(candidate_pairs(accounts))
    assert len(pairs) <= len(accounts) * MOST_CANDIDATES
    assert (100, 101) in pairs
    assert (100, 400) not in pairs
    assert len(accounts) > MOST_SHARING


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 50)), max_size=300))
def test_the_best_candidates_share_the_most_and_the_rarest(shared: list[tuple[int, int]]) -> None:
    found = rank(shared)
    assert len(found) == min(MOST_CANDIDATES, len({name for name, _ in shared}))
    assert len(set(found)) == len(found)
