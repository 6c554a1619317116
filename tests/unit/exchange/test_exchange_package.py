"""A data package: checked by frictionless, described for catalogues, the same bytes for the same moment."""

import csv
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import frictionless
import pyarrow.parquet as pq
import pytest

from incidex.app.package_folder import find_about, write_package
from incidex.exchange import Choice, Lost
from incidex.exchange.licences import find_clashes, find_demands, find_path
from incidex.exchange.package import About, to_datacite
from incidex.model import Incident, Tier, fold_records
from incidex.store import MemoryLog
from tests.contract.log_samples import batch
from tests.unit.exchange.test_exchange_columns import AT, REPORT, VALUES, fold_claims, make_claim

ABOUT = About(
    serial=7, hash="ab" * 32, at=AT, tier="CLEAR", publisher="Harbour Institute", licence="CC-BY-4.0"
)


@pytest.fixture
def incidents() -> list[Incident]:
    held = [make_claim(field, values[0]) for field, values in VALUES.items() if field != "victim.size"]
    held.append(make_claim("summary", '=HYPERLINK(1)\nand a second line, with "quotes"'))
    return [fold_claims(held), fold_claims([make_claim("victim.name", "Bolt")], record="inc-2")]


def write(incidents: list[Incident], folder: Path, kind: str = "csv", about: About = ABOUT) -> set[str]:
    losses = list(write_package(incidents, folder, Choice.ALL, kind=kind, about=about))
    assert {loss.lost for loss in losses} <= {Lost.PRECISION}
    return {loss.value for loss in losses}


def test_frictionless_finds_nothing_wrong(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package")
    package = frictionless.Package(str(tmp_path / "package" / "datapackage.json"))
    report = package.validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []
    assert [task.name for task in report.tasks] == ["incidents", "claims", "reports", "links"]
    assert package.get_table_resource("incidents").read_rows()[0]["data.records"] == 1200


def test_frictionless_notices_a_row_that_was_tampered_with(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package")
    table = tmp_path / "package" / "claims.csv"
    table.write_text(table.read_text("utf-8").replace("inc-2", "inc-9"), "utf-8")
    report = frictionless.Package(str(tmp_path / "package" / "datapackage.json")).validate()
    assert {"hash-count", "foreign-key"} & {error[0] for error in report.flatten(["type"])}


def test_no_cell_is_a_formula_and_each_that_was_is_said(incidents: list[Incident], tmp_path: Path) -> None:
    changed = write(incidents, tmp_path / "package")
    assert "=1+1 passwords" in changed
    assert REPORT.title in changed
    for path in (tmp_path / "package").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell[:1] in {"=", "+", "-", "@"}]


def test_the_hashes_are_those_of_the_files(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package")
    lines = (tmp_path / "package" / "SHA256SUMS").read_text("utf-8").splitlines()
    said = {name: digest for digest, name in (line.split("  ") for line in lines)}
    held = {path.name: path for path in (tmp_path / "package").iterdir() if path.name != "SHA256SUMS"}
    assert said == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in held.items()}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_same_moment_is_the_same_bytes(incidents: list[Incident], tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        write(incidents, tmp_path / name, kind)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_parquet_says_what_it_holds(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package", "parquet")
    package = json.loads((tmp_path / "package" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        schema = pq.read_schema(tmp_path / "package" / resource["path"])
        assert schema.names == [field["name"] for field in resource["schema"]["fields"]]


def test_croissant_names_every_column_of_every_file(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package")
    said = json.loads((tmp_path / "package" / "croissant.json").read_text("utf-8"))
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    names = {file["@id"] for file in said["distribution"]}
    for records in said["recordSet"]:
        with (tmp_path / "package" / f"{records['name']}.csv").open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert [field["source"]["extract"]["column"] for field in records["field"]] == head
        assert {field["source"]["fileObject"]["@id"] for field in records["field"]} <= names


def test_datacite_has_all_that_it_demands() -> None:
    said = to_datacite(ABOUT, [])
    assert {"creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"} <= set(said)
    assert said["version"] == "7-abababababab"
    assert said["rightsList"][0]["rightsIdentifier"] == "cc-by-4.0"
    unnamed = to_datacite(About(serial=1, hash="", at=AT, tier="CLEAR"), [])
    assert (unnamed["publisher"], unnamed["rightsList"]) == ({"name": "(:unav)"}, [])


def test_the_readme_says_what_is_not_stated(incidents: list[Incident], tmp_path: Path) -> None:
    write(incidents, tmp_path / "package", about=About(serial=1, hash="", at=AT, tier="GREEN"))
    readme = (tmp_path / "package" / "README.md").read_text("utf-8")
    assert "not stated: ask whoever gave you this" in readme
    assert "TLP:GREEN" in readme


def test_a_version_is_a_moment_of_the_log() -> None:
    log = MemoryLog()
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Acme says nothing."))
    last = list(log.since())[-1]
    assert find_about(log, Tier.RED, None).version == f"{last.serial}-{last.hash[:12]}"
    assert find_about(log, Tier.RED, 2).serial == 2
    assert find_about(log, Tier.RED, 99).serial == last.serial
    assert find_about(log, Tier.RED, datetime(1999, 1, 1, tzinfo=UTC)).version == "0-empty"
    assert find_about(log, Tier.RED, last.at).serial == last.serial


def test_a_package_for_a_lower_tier_is_the_same_whatever_was_hidden_from_it(tmp_path: Path) -> None:
    written = []
    for name, hidden in (("without", False), ("with", True)):
        log = MemoryLog()
        if hidden:
            log.append(batch("inc-0", "Secret says much.", tier=Tier.RED))
        log.append(batch("inc-1"))
        if hidden:
            log.append(batch("inc-2", "Nobody may see this.", tier=Tier.RED))
        found = list(fold_records(log.history, ["inc-1"], tier=Tier.CLEAR))
        write(found, tmp_path / name, about=find_about(log, Tier.CLEAR, None))
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    said = json.loads(written[0]["datapackage.json"])
    assert said["version"].startswith(f"{found[0].changed_at:%Y-%m-%d}-")
    assert "serial" not in said["incidex"]


@pytest.mark.parametrize(
    ("licences", "clashes"),
    [
        (["CC-BY-4.0", "CC0-1.0", "public domain", ""], 0),
        (["CC-BY-SA-4.0", "ODbL-1.0"], 1),
        (["CC-BY-SA-4.0", "CC-BY-NC-4.0"], 1),
        (["CC-BY-NC-SA-4.0", "CC-BY-NC-4.0"], 0),
        (["CC-BY-ND-4.0"], 1),
        (["GPL-3.0-or-later", "CC-BY-SA-4.0"], 1),
    ],
)
def test_licences_that_cannot_both_be_met_are_named(licences: list[str], clashes: int) -> None:
    assert len(list(find_clashes(licences))) == clashes


def test_a_licence_is_read_by_its_name() -> None:
    assert find_demands("CC-BY-NC-SA-4.0") == {"share-alike", "no commercial use"}
    assert find_path("MIT-0.1") == "https://spdx.org/licenses/MIT-0.1.html"
    assert find_path("javascript:alert(1)") == ""
