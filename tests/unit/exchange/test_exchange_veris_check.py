"""Our validator of VERIS beside the official schema and suite: they always agree."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.exchange import Refused, Row
from incidex.exchange.veris_check import check_rules, check_shape, shape
from incidex.exchange.veris_in import check_veris
from incidex.exchange.veris_migrate import migrate

OFFICIAL = Path(__file__).parents[4] / "shared" / "veris"
CASES = sorted((OFFICIAL / "tests").glob("*.json"))

WHOLE: dict[str, Any] = {
    "schema_version": "1.4.1",
    "incident_id": "1",
    "security_incident": "Confirmed",
    "summary": "",
    "timeline": {"incident": {"year": 2017, "month": 4}},
    "victim": {"country": ["US"], "employee_count": "Unknown", "industry": "62", "government": ["NA"]},
    "actor": {"external": {"variety": ["Unknown"], "motive": ["Financial"]}},
    "action": {"hacking": {"variety": ["Unknown"], "vector": ["Unknown"]}},
    "asset": {"assets": [{"variety": "S - Database", "amount": 1}], "cloud": ["Unknown"]},
    "attribute": {"confidentiality": {"data_disclosure": "Yes", "data": [{"variety": "Medical"}]}},
    "discovery_method": {"internal": {"variety": ["Unknown"]}},
    "impact": {"overall_rating": "Unknown", "overall_amount": 1.5},
    "plus": {"anything": {"goes": True}},
}


@pytest.mark.skipif(not CASES, reason="the official suite is not here")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_official_suite_agrees(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    (row,) = check_veris(BytesIO(json.dumps(case["incident"]).encode()))
    assert isinstance(row, Row) == (case["should"] == "pass"), row


def test_a_whole_record_is_right() -> None:
    assert [*check_shape(WHOLE), *check_rules(WHOLE)] == []


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything in a record."""
    found = [path]
    if isinstance(value, dict):
        return found + [each for name in value for each in places(value[name], (*path, name))]
    if isinstance(value, list):
        return found + [each for i, held in enumerate(value) for each in places(held, (*path, i))]
    return found


def mutated(path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> Any:
    made = json.loads(json.dumps(WHOLE))
    held = made
    for name in path[:-1]:
        held = held[name]
    change(held, path[-1])
    return made


def put(value: object) -> Callable[[Any, Any], None]:
    def change(held: Any, name: Any) -> None:
        held[name] = value

    return change


def drop(held: Any, name: Any) -> None:
    del held[name]


def double(held: Any, name: Any) -> None:
    if isinstance(held[name], list):
        held[name] = held[name] * 2
    elif isinstance(held[name], dict):
        held[name]["surplus"] = 1
    else:
        held[name] = f"{held[name]}{held[name]}"


junk = st.sampled_from(
    [None, True, -1, 0, 1.0, 1.5, 2051, "", "x", "Unknown", [], ["Unknown"], {}, {"variety": 1}]
)
changes = st.one_of(st.just(drop), st.just(double), junk.map(put))


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(places(WHOLE)[1:]), change=changes)
def test_a_spoilt_record_is_judged_as_the_official_schema_does(
    path: tuple[str | int, ...], change: Callable[[Any, Any], None]
) -> None:
    if not OFFICIAL.exists():
        pytest.skip("the official schema is not here")
    record = mutated(path, change)
    official = json.loads((OFFICIAL / "verisc-merged.json").read_text("utf-8"))
    assert (list(check_shape(record)) == []) == jsonschema_rs.is_valid(official, record)


def test_the_shape_has_a_row_for_every_part_of_the_official_schema() -> None:
    if not OFFICIAL.exists():
        pytest.skip("the official schema is not here")

    def count_official(node: Any) -> int:
        return (
            1
            + sum(map(count_official, node.get("properties", {}).values()))
            + (count_official(node["items"]) if "items" in node else 0)
        )

    def count_ours(part: Any) -> int:
        return 1 + sum(map(count_ours, part.parts.values()))

    official = json.loads((OFFICIAL / "verisc-merged.json").read_text("utf-8"))
    assert count_ours(shape()) == count_official(official)


@pytest.mark.parametrize(
    ("path", "change", "complaint"),
    [
        (("victim", "country"), drop, 'this is missing: add it, "Unknown" where it is not known'),
        (("actor", "external", "motive", 0), put("Finance"), "did you mean 'Financial'?"),
        (("victim", "country"), put("US"), "this has to be a list: put it in [ ]"),
        (("victim", "country"), put(["US", "US"]), "this stands in the list twice: keep one"),
        (("timeline", "incident", "year"), put("2017"), "this has to be a number, without quotation marks"),
        (("timeline", "incident", "month"), put(13), "this is above what is allowed: at most 12"),
        (("attribute",), drop, "a confirmed incident harmed something"),
        (("action", "hacking", "variety"), put(["SQLi"]), 'add "Repurpose" there'),
    ],
)
def test_a_complaint_says_where_and_what_to_do(
    path: tuple[str | int, ...], change: Callable[[Any, Any], None], complaint: str
) -> None:
    record = mutated(path, change)
    problems = [*check_shape(record), *check_rules(record)]
    assert any(complaint in each.problem for each in problems), problems


def test_a_record_nested_without_end_is_stopped() -> None:
    record = json.loads('{"plus":' + '{"attribute":' * 500 + "1" + "}" * 501)
    assert list(check_shape(record))
    (row,) = check_veris(BytesIO(b'{"plus":' * 100_000 + b"1" + b"}" * 100_000))
    assert isinstance(row, Refused)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (
            {"discovery_method": "Ext - unrelated party"},
            {"discovery_method": {"external": {"variety": ["Unrelated 3rd party"]}}},
        ),
        ({"discovery_method": "Unknown"}, {"discovery_method": {"unknown": True}}),
        (
            {"discovery_method": {"external": {"variety": ["Monitoring service"]}}},
            {"discovery_method": {"partner": {"variety": ["Monitoring service"]}}},
        ),
        ({"action": {"Unknown": {}}}, {"action": {"unknown": {}}}),
        (
            {"action": {"hacking": {"variety": ["Use of backdoor or C2"], "vector": ["Backdoor or C2"]}}},
            {"action": {"hacking": {"variety": ["Unknown"], "vector": ["Backdoor"]}}},
        ),
        (
            {"asset": {"cloud": "Hypervisor", "governance": ["3rd party hosted"]}},
            {
                "asset": {
                    "assets": [{"variety": "Unknown"}],
                    "cloud": ["External Cloud Asset(s)"],
                    "hosting": ["External - unknown environment"],
                }
            },
        ),
        ({"timeline": {"incident": {"time": "16:20"}}}, {"timeline": {"incident": {"time": "04:20:00 PM"}}}),
        (
            {"timeline": {"incident": {"time": "00:05:09"}}},
            {"timeline": {"incident": {"time": "12:05:09 AM"}}},
        ),
    ],
)
def test_an_older_record_becomes_141(older: dict[str, Any], newer: dict[str, Any]) -> None:
    made, _ = migrate({"schema_version": "1.3.4", **older})
    assert made == {"schema_version": "1.4.1", "summary": "", **newer}


def test_a_renamed_value_is_told_and_the_record_left_as_it_was() -> None:
    record = {"schema_version": "1.3.4", "action": {"malware": {"variety": ["Ram scraper", "RAM scraper"]}}}
    made, moved = migrate(record)
    assert [(each.path, each.now, each.was) for each in moved] == [
        ("action.malware.variety.0", "RAM scraper", "Ram scraper")
    ]
    assert made["action"]["malware"]["variety"] == ["RAM scraper"]
    assert record["action"]["malware"]["variety"] == ["Ram scraper", "RAM scraper"]  # type: ignore[index]


def test_a_record_of_today_is_not_touched() -> None:
    assert migrate(WHOLE) == (WHOLE, ())
