"""The demonstration: one record in which nothing is guessed and nobody is misquoted."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import COMMAND, environment
from tests.unit.exchange.test_exchange_stix import errors_of

Record = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("demo")
    done = call(home, "demo", "--no-serve")
    return home, done


def call(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        timeout=120,
        env=environment(home, INCIDEX_DATABASE=str(home / "demo.db")),
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def ciphr(demo: tuple[Path, str]) -> Record:
    return dict(json.loads(call(demo[0], "show", "ciphr", "--json")))


def value_of(record: Record, field: str, value: str) -> Record:
    found = [held for held in record["values"].get(field, []) if held["value"] == value]
    assert found, f"{field} = {value} is not in {[held['value'] for held in record['values'].get(field, [])]}"
    return dict(found[0])


def speakers(value: Record, stance: str) -> set[tuple[str, str]]:
    return {
        (claim["speaker"]["name"], claim["speaker"]["role"])
        for claim in value["claims"]
        if claim["stance"] == stance
    }


def test_the_validator_of_oasis_finds_no_error_in_the_records_as_stix(demo: tuple[Path, str]) -> None:
    out = demo[0] / "demo.stix.json"
    call(demo[0], "export", "stix", "--out", str(out))
    bundle = json.loads(out.read_text("utf-8"))
    assert errors_of(bundle) == []
    assert sum(each["type"] == "incident" for each in bundle["objects"]) > 15


def test_every_report_is_read(demo: tuple[Path, str]) -> None:
    assert "49 reports read" in demo[1]
    assert "0 failed" in demo[1]


@pytest.mark.parametrize("data_class", ["Email addresses", "IMEI numbers"])
def test_the_exposure_is_confirmed(ciphr: Record, data_class: str) -> None:
    assert value_of(ciphr, "data.class", data_class)["status"] == "confirmed"


def test_the_accusation_is_disputed_with_both_speakers(ciphr: Record) -> None:
    accused = value_of(ciphr, "actor.name", "SkySecure")
    assert accused["status"] == "disputed"
    assert ("Ciphr", "victim") in speakers(accused, "asserts")
    assert ("SkySecure", "named party") in speakers(accused, "denies")


def test_no_country_that_nobody_stated(ciphr: Record) -> None:
    for fields in (ciphr["values"], ciphr["denied"]):
        assert not {"victim.country", "actor.country", "location.country", "victim.region"} & set(fields)


def test_the_date_is_the_day_of_the_dump(ciphr: Record) -> None:
    assert ciphr["values"]["date.occurred"][0]["value"] == "2017-04-26"


def test_all_servers_compromised_is_the_claim_of_the_dump_site(ciphr: Record) -> None:
    claims = [
        claim
        for value in ciphr["values"].get("asset.variety", [])
        for claim in value["claims"]
        if "servers" in claim.get("quote", "").lower() and claim["stance"] == "asserts"
    ]
    assert claims
    assert {claim["speaker"]["role"] for claim in claims} == {"actor"}


def test_the_printed_record_shows_both_sides(demo: tuple[Path, str]) -> None:
    assert "says so" in demo[1]
    assert "denies it" in demo[1]
    assert "SkySecure (named party) denies" in demo[1]


def test_every_quotation_is_the_words_of_its_report(demo: tuple[Path, str], ciphr: Record) -> None:
    from incidex.model import Received
    from incidex.store import SqliteLog

    log = SqliteLog(demo[0] / "demo.db")
    texts = {
        change.body.report.id: change.body.document.text
        for change in log.since()
        if isinstance(change.body, Received)
    }
    log.close()
    claims = [claim for held in ciphr["values"].values() for value in held for claim in value["claims"]]
    assert claims
    for claim in claims:
        assert texts[claim["report"]][claim["start"] : claim["end"]] == claim["quote"]


def test_as_of_before_the_first_report_there_is_nothing(demo: tuple[Path, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "show", "ciphr", "--as-of", "2001-01-01"],
        capture_output=True,
        timeout=60,
        env=environment(demo[0], INCIDEX_DATABASE=str(demo[0] / "demo.db")),
        check=False,
    )
    assert done.returncode == 2
    assert b"nothing" in done.stderr


def test_after_the_demonstration_show_needs_no_settings(demo: tuple[Path, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "show", "ciphr"], capture_output=True, timeout=60, env=environment(demo[0]), check=False
    )
    assert done.returncode == 0
    assert b"Cyber Incident Victim: Ciphr" in done.stdout
    assert b"demonstration" in done.stderr
