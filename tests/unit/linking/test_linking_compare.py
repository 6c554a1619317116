"""Which accounts are taken for one incident, and which are not although much is alike."""

import pytest

from incidex.linking import (
    Account,
    facts,
    fold_domain,
    fold_name,
    get_table,
    initials,
    likeness,
    make_account,
    measures,
    same_incident,
    short_names,
)
from incidex.linking.compare import START
from incidex.model import Stance
from tests.factories import make_claim


def known(text: str = "", **values: str) -> Account:
    """Write facts as keywords: `victim_name="Acme"`."""
    held = {name.replace("_", ".", 1): frozenset({value}) for name, value in values.items()}
    return make_account(held, text)


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


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param("medibank", "medibank", True, id="the same"),
        pytest.param("mgm resorts", "mgm resorts international", True, id="its first words"),
        pytest.param("university of california los angeles", "ucla", True, id="its initials"),
        pytest.param("east sussex healthcare", "east sussex healthcare nhs trust", True, id="short form"),
        pytest.param("minnesota energy department", "minnnesota energy department", True, id="misspelt"),
        pytest.param("district 4", "district 9", False, id="another number"),
        pytest.param("sony", "sonae", False, id="too short to be misspelt"),
        pytest.param("mercy hospital", "memorial hospital", False, id="another hospital"),
    ],
)
def test_names_that_are_alike(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.87) is alike
    assert likeness(one, other) == likeness(other, one)


SAME = [
    pytest.param(
        known(victim_name="Acme Ltd", date_occurred="2017-04-20", data_records="147900"),
        known(victim_name="ACME", date_occurred="2017-04-20", data_records="147900"),
        id="name without its legal form, the same day and number",
    ),
    pytest.param(
        known(victim_name="Medibank Private", date_occurred="2022-10-12", published="2022-10-13"),
        known(victim_name="Medibank", date_occurred="2022-10-12", published="2022-10-14"),
        id="a short name on the same day",
    ),
    pytest.param(
        known(victim_name="Acme", identifier="vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7"),
        known(victim_name="Acme Widgets", identifier="vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7"),
        id="one identifier",
    ),
]
DIFFERENT = [
    pytest.param(
        known(victim_name="Acme", date_occurred="2017-04", actor_name="X"),
        known(victim_name="Acme", date_occurred="2020-04", actor_name="X"),
        id="the same victim three years apart, all else alike",
    ),
    pytest.param(
        known(victim_name="Acme", date_occurred="2014"),
        known(victim_name="Acme", date_occurred="2015"),
        id="two years are not next to each other",
    ),
    pytest.param(
        known(victim_name="Acme", published="2023-06-01", actor_name="Clop", malware="LEMURLOOT"),
        known(victim_name="Zellis", published="2023-06-01", actor_name="Clop", malware="LEMURLOOT"),
        id="two victims of one campaign",
    ),
    pytest.param(
        known(published="2023-06-01", actor_name="Clop", data_class="Names"),
        known(published="2023-06-01", actor_name="Clop", data_class="Names"),
        id="no victim is known",
    ),
    pytest.param(
        known(victim_name="District 4", date_occurred="2023-06-01"),
        known(victim_name="District 9", date_occurred="2023-06-01"),
        id="names that differ in a number",
    ),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_is_one_incident(left: Account, right: Account) -> None:
    assert same_incident(left, right).is_likely
    assert same_incident(left, right) == same_incident(right, left)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_is_two_incidents(left: Account, right: Account) -> None:
    assert not same_incident(left, right).is_same
    assert same_incident(left, right) == same_incident(right, left)


def test_a_score_is_the_sum_of_its_parts_and_tells_them() -> None:
    left = known(victim_name="Acme", date_occurred="2017-04-20")
    score = same_incident(left, known(victim_name="Acme", date_occurred="2017-04-21"))
    assert score.total == pytest.approx(sum(score.parts.values()))
    assert score.parts[START] == get_table().weights[START]
    assert {"same_name", "event_close", "same_name_event_at_close"} <= set(score.parts)
    assert "same name" in str(score)
    assert "% likely" in str(score)


def test_every_measure_has_a_weight() -> None:
    accounts = [each.values[side] for each in (*SAME, *DIFFERENT) for side in (0, 1)]
    found = {name for one in accounts for other in accounts for name in measures(one, other)}  # type: ignore[arg-type]
    apart = {name for name in found if "_at_" not in name}
    assert apart <= set(get_table().weights)


def test_the_victim_of_one_is_found_in_the_text_of_the_other() -> None:
    named = known(victim_name="Northrop Grumman Corp.", date_occurred="2017-04")
    telling = known("Tax forms of Northrop Grumman staff were taken in April.", published="2017-05-01")
    assert measures(named, telling)["mentioned_name"] == 1.0


def test_a_rare_name_that_both_texts_mention_says_more_than_one_that_many_do() -> None:
    one, other = known("A breach at Kvaerner Works."), known("Kvaerner Works said little.")
    rare = measures(one, other)["rare_mention"]
    often = measures(one, other, dict.fromkeys(one.mentions, 100))["rare_mention"]
    assert rare > 5 * often


def test_a_year_that_a_text_only_mentions_is_no_date_of_the_event() -> None:
    tells = known("Acme Widgets lost files in 2013.", victim_name="Acme Widgets", published="2013-11")
    recalls = known(
        "Acme Widgets, founded in 1996, lost files.", victim_name="Acme Widgets", published="2013-11"
    )
    found = measures(tells, recalls)
    assert "event_other_time" not in found
    assert (found["other_year"], found["told_close"]) == (1.0, 1.0)
    assert measures(tells, known(date_occurred="2013-04"))["same_year"] == 1.0


def test_nobody_tells_of_an_incident_before_it_happens() -> None:
    told = known(victim_name="Acme", published="2013-11-04")
    later, earlier = known(victim_name="Acme", date_occurred="2014-02"), known(date_occurred="2013-11")
    assert measures(told, later)["other_told_before"] == measures(later, told)["other_told_before"] == 1.0
    assert "other_told_before" not in measures(told, earlier)


def test_reports_known_by_the_year_alone_are_not_of_one_year_because_new_year_lies_between() -> None:
    assert "told_next_year" in measures(known(published="2011"), known(published="2012"))
    assert "told_same_year" in measures(known(published="2011"), known(published="2011-05-01"))


@pytest.mark.parametrize("text", ["", "about 2017", "2017-13-45", "0000", "2017-02-31", "../2017"])
def test_a_date_that_cannot_be_read_is_no_argument_for_merging(text: str) -> None:
    left = known(victim_name="Widget Works", published=text)
    assert same_incident(left, known(victim_name="Acme", published="2017")).total < 0


def test_facts_are_what_is_asserted() -> None:
    claims = [
        make_claim("Acme Ltd", field="victim.name"),
        make_claim("Rival Inc", field="victim.name", stance=Stance.DENIES),
    ]
    assert make_account(facts(claims, "2017-04")).names == {"acme"}


def test_short_names_are_first_words_longest_first() -> None:
    assert short_names("The MGM Resorts International, Inc.") == (
        "mgm resorts international",
        "mgm resorts",
        "mgm",
    )
    assert initials("university of california los angeles") == "ucla"
