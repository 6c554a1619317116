"""Which accounts are taken for one incident, and which are not although much is alike."""

import pytest

from incidex.linking import Facts, facts, fold_domain, fold_name, keys, same_incident, short_names
from incidex.model import Stance
from tests.factories import make_claim


def known(**values: str) -> Facts:
    """Write facts as keywords: `victim_name="Acme"`."""
    return {name.replace("_", "."): frozenset({value}) for name, value in values.items()}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("The Acme Co., Ltd.", "acme"),
        ("ACME", "acme"),
        ("Société Générale S.A.", "societe generale"),
        ("Marks & Spencer plc", "marks and spencer"),
        ("Limited", "limited"),
        ("...", ""),
    ],
)
def test_fold_name(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_fold_domain() -> None:
    assert fold_domain(" WWW.Acme.com. ") == "acme.com"


SAME = [
    pytest.param(
        known(victim_name="Acme Ltd", published="2017-04-26"),
        known(victim_name="ACME", published="2017-05-02"),
        id="name without its legal form, a week apart",
    ),
    pytest.param(
        known(victim_name="Medibank", date_occurred="2022-10"),
        known(victim_name="Medybank", date_occurred="2022"),
        id="a misspelling in the same year",
    ),
    pytest.param(known(victim_name="Acme"), known(victim_name="Acme"), id="unknown dates are neutral"),
    pytest.param(
        known(victim_domain="acme.com", victim_name="Acme", published="2017-04"),
        known(victim_domain="www.acme.com", victim_name="Widget Works", published="2017-04"),
        id="one domain under two names",
    ),
]
DIFFERENT = [
    pytest.param(
        known(
            victim_name="Acme", victim_domain="acme.com", published="2017-04", actor_name="X", data_class="Y"
        ),
        known(
            victim_name="Acme", victim_domain="acme.com", published="2020-04", actor_name="X", data_class="Y"
        ),
        id="the same victim three years apart, all else alike",
    ),
    pytest.param(
        known(victim_name="Acme", date_occurred="2014", published="2017-04"),
        known(victim_name="Acme", date_occurred="2017", published="2017-04"),
        id="when it occurred outweighs when it was written",
    ),
    pytest.param(
        known(victim_name="Acme", published="2023-06-01", actor_name="Clop"),
        known(victim_name="Zellis", published="2023-06-01", actor_name="Clop"),
        id="two victims of one campaign",
    ),
    pytest.param(
        known(published="2023-06-01", actor_name="Clop", data_class="Names"),
        known(published="2023-06-01", actor_name="Clop", data_class="Names"),
        id="no victim is known",
    ),
    pytest.param(
        known(victim_name="District 4", published="2023-06"),
        known(victim_name="District 9", published="2023-06"),
        id="names that differ in a number",
    ),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_is_one_incident(left: Facts, right: Facts) -> None:
    assert same_incident(left, right).is_same
    assert same_incident(left, right) == same_incident(right, left)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_is_two_incidents(left: Facts, right: Facts) -> None:
    assert not same_incident(left, right).is_same
    assert same_incident(left, right) == same_incident(right, left)


def test_a_score_is_the_sum_of_its_parts() -> None:
    score = same_incident(
        known(victim_name="Acme", published="2017"), known(victim_name="Acme", published="2020")
    )
    assert score.parts == {"same_victim": 0.6, "dates_agree": -0.35, "shared_actor": 0, "shared_data": 0}
    assert score.total == pytest.approx(sum(score.parts.values()))


@pytest.mark.parametrize("text", ["", "about 2017", "2017-13-45", "0000", "2017-02-31", "../2017"])
def test_a_date_that_cannot_be_read_is_no_argument_for_merging(text: str) -> None:
    left = known(victim_name="Widget Works", published=text)
    assert same_incident(left, known(victim_name="Acme", published="2017")).total < 0


def test_keys_are_of_what_is_asserted() -> None:
    claims = [
        make_claim("Acme Ltd", field="victim.name"),
        make_claim("www.acme.com", field="victim.domain"),
        make_claim("Rival Inc", field="victim.name", stance=Stance.DENIES),
    ]
    assert keys(claims) == {"name:acme", "domain:acme.com"}
    assert facts(claims, "2017-04")["published"] == {"2017-04"}


def test_a_short_name_is_the_same_victim_when_the_dates_agree() -> None:
    short = known(victim_name="MGM Resorts", published="2023-09-12")
    whole = known(victim_name="MGM Resorts International", published="2023-09-13")
    undated = known(victim_name="MGM Resorts International")
    assert same_incident(short, whole).is_same
    assert not same_incident(short, undated).is_same


def test_short_names_are_first_words_longest_first() -> None:
    assert short_names("The MGM Resorts International, Inc.") == (
        "mgm resorts international",
        "mgm resorts",
        "mgm",
    )
