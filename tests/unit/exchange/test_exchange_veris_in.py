"""VERIS in: what each place of a record says, who says so, and what is not taken."""

import json
from typing import Any

import pytest

from incidex.exchange import Row
from incidex.exchange.veris_in import from_veris
from incidex.model import Role, Stance

RECORD: dict[str, Any] = {
    "schema_version": "1.3.4",
    "source_id": "vcdb",
    "incident_id": "0001AA7F-C601-424A-B2B8-BE6C9F5164E7",
    "reference": "https://news.example/acme; sec:0000950170-23-011111",
    "summary": "A clerk of Acme looked at files.",
    "security_incident": "Confirmed",
    "victim": {
        "victim_id": "Acme",
        "country": ["US"],
        "state": "TX",
        "industry": "44-45",
        "employee_count": "Unknown",
        "region": ["019021"],
    },
    "timeline": {"incident": {"year": 2010, "month": 4}},
    "actor": {"external": {"variety": ["Unknown"], "motive": ["Financial"], "country": ["Unknown"]}},
    "action": {
        "malware": {
            "variety": ["Ram scraper"],
            "vector": ["Unknown"],
            "name": "Dexter; BlackPOS",
            "cve": "n/a",
        },
        "hacking": {
            "variety": ["Exploit vuln"],
            "vector": ["Unknown"],
            "cve": "CVE-2009-0001, cve-2009-0002",
        },
    },
    "attribute": {
        "confidentiality": {
            "data_disclosure": "Potentially",
            "data_total": 0,
            "data": [{"variety": "Payment"}],
        },
        "availability": {"variety": ["Loss"], "duration": {"unit": "Days", "value": 2}},
    },
    "discovery_method": {"external": {"variety": ["Law enforcement"]}},
    "impact": {"overall_rating": "Unknown", "overall_amount": 12.5, "iso_currency_code": "USD"},
    "plus": {
        "modified": "2015-02-13T16:50:35Z",
        "timeline": {"notification": {"year": 2010, "month": 5, "day": 2}},
    },
}


def read(**changes: Any) -> Row:
    record = {**RECORD, **changes}
    row = from_veris(7, json.dumps(record).encode(), record)
    assert isinstance(row, Row)
    return row


def values(row: Row) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in row.claims:
        found.setdefault(claim.field, []).append(claim.value)
    return found


def test_a_whole_record() -> None:
    assert values(read()) == {
        "summary": ["A clerk of Acme looked at files."],
        "security_incident": ["Confirmed"],
        "victim.name": ["Acme"],
        "victim.country": ["US"],
        "victim.region": ["US-TX"],
        "victim.industry": ["44"],
        "date.occurred": ["2010-04"],
        "date.disclosed": ["2010-05-02"],
        "actor.role": ["external"],
        "actor.motive": ["Financial"],
        "action": ["malware", "hacking"],
        "action.variety": ["RAM scraper", "Exploit vuln"],
        "malware": ["Dexter", "BlackPOS"],
        "vulnerability": ["CVE-2009-0001", "CVE-2009-0002"],
        "impact": ["availability", "confidentiality"],
        "data.records": ["0"],
        "data.variety": ["Payment"],
        "outage.duration": ["P2D"],
        "discovery.method": ["External - Law enforcement"],
        "loss.amount": ["USD 12.5"],
        "identifier": ["vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7", "sec:0000950170-23-011111"],
    }


def test_the_source_speaks_under_its_name_and_licence() -> None:
    row = read()
    assert {(claim.speaker.name, claim.speaker.role) for claim in row.claims} == {
        ("VERIS Community Database", Role.RESEARCHER)
    }
    assert row.report.licence == "CC-BY-SA-4.0"
    assert (row.report.published, row.report.register) == ("2015-02-13", "database")
    assert row.report.accounts == ("https://news.example/acme",)
    assert row.document.text == "A clerk of Acme looked at files."


def test_a_value_with_an_older_name_says_what_stands_in_the_row() -> None:
    (claim,) = [claim for claim in read().claims if claim.value == "RAM scraper"]
    assert claim.why == "Ram scraper in older versions of VERIS"


def test_what_has_no_field_is_counted_and_not_called_an_error() -> None:
    row = read()
    assert set(row.left) == {"victim.region.#", "attribute.availability.variety.#"}
    assert [(issue.row, issue.column) for issue in row.issues] == [(7, "action.malware.cve")]


@pytest.mark.parametrize(
    ("disclosure", "said"),
    [
        ("Yes", [(Stance.ASSERTS, 1.0)]),
        ("Potentially", [(Stance.ASSERTS, 0.5)]),
        ("No", [(Stance.DENIES, 1.0)]),
        ("Unknown", []),
    ],
)
def test_a_disclosure_is_as_sure_as_the_row_is(disclosure: str, said: list[tuple[Stance, float]]) -> None:
    row = read(attribute={"confidentiality": {"data_disclosure": disclosure}})
    found = [(claim.stance, claim.confidence) for claim in row.claims if claim.field == "impact"]
    assert found == said


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        (
            {"timeline": {"incident": {"year": 2018, "month": 2, "day": 29}}},
            "timeline",
            "not in the calendar",
        ),
        ({"timeline": {"incident": {"month": 2}}}, "timeline.incident", "a date is a year"),
        ({"victim": {"victim_id": "Acme", "country": ["Atlantis"]}}, "victim.country.0", "Atlantis"),
        ({"victim": {"victim_id": ["Acme"]}}, None, ""),
        ({"victim": {"victim_id": True}}, "victim.victim_id", "has to be text"),
        ({"impact": {"overall_amount": 5}}, "impact.overall_amount", "needs its currency"),
        (
            {"attribute": {"availability": {"duration": {"unit": "Days", "value": 0.5}}}},
            "attribute.availability.duration",
            "whole",
        ),
        (
            {"discovery_method": {"external": {"variety": ["By magic"]}}},
            "discovery_method.external.variety",
            "By magic",
        ),
        ({"schema_version": "1.3", "victim": {"industry": "12"}}, "victim.industry", "no NAICS sector"),
    ],
)
def test_what_is_wrong_is_an_issue_and_the_rest_is_taken(
    changes: dict[str, Any], column: str | None, problem: str
) -> None:
    row = read(**changes)
    assert "Acme" in row.document.text
    found = [issue for issue in row.issues if issue.column == column]
    assert column is None or (len(found) == 1 and problem in found[0].problem)


def test_a_record_of_another_database_is_named_in_its_name() -> None:
    row = read(source_id="Our CSIRT", incident_id="2024-17")
    assert "veris:2024-17" in values(row)["identifier"]
    assert row.report.source.name == "Our CSIRT"
    assert row.report.licence == ""
