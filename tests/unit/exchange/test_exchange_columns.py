"""Typed tables: the same rows in Parquet, Excel, SQLite and Arrow, read back with other people's programs."""

import io
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.app.sqlite_file import write_sqlite
from incidex.codebook import check_value, fields
from incidex.exchange import FORMATS, Choice, Loss, Lost
from incidex.exchange.arrow import make_batch, make_schema, to_arrow
from incidex.exchange.columns import Cell, TableRows, get_tables
from incidex.exchange.excel import write_excel
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Evidence,
    Incident,
    Judgement,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tie,
    fold,
)

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TEXT = "Acme says =1+1 passwords were taken. Bolt denies it."
REPORT = Report(
    sha256="ab" * 32, source=Source(name="Ledger"), published="2017-04", title="=cmd|'/C calc'!A0"
)
VALUES = {
    "victim.name": ["Acme", "Acme Labs"],
    "victim.size": ["small", "large"],
    "date.occurred": ["2017-04"],
    "data.records": ["1200"],
    "ransom.paid": ["USD 4400000.5"],
    "data.class": ["Passwords"],
}


def make_claim(field: str, value: str, *, stance: Stance = Stance.ASSERTS, speaker: str = "Acme") -> Claim:
    return Claim(
        report=REPORT.id,
        field=field,
        value=value,
        speaker=Speaker(speaker, Role.VICTIM if speaker == "Acme" else Role.NAMED_PARTY),
        coder="rules@1",
        stance=stance,
        evidence=Evidence.of(TEXT, Span(10, 24)),
    )


def fold_claims(claims: Sequence[Claim], record: str = "inc-1") -> Incident:
    changes = [
        Change(record=record, version=1, body=Linked(REPORT), by="ann", at=AT),
        Change(record=record, version=2, body=Claimed(tuple(claims)), by="ann", at=AT),
    ]
    found = fold(changes)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def incident() -> Incident:
    held = [make_claim(field, _any(field, value)) for field, values in VALUES.items() for value in values]
    held.append(make_claim("actor.name", "Bolt", stance=Stance.DENIES, speaker="Bolt"))
    return fold_claims(held)


def _any(field: str, value: str) -> str:
    from incidex.codebook import get_vocabulary

    if field == "victim.size":
        return list(get_vocabulary("victim.size"))[0 if value == "small" else 1]
    return check_value(field, value)


def write(name: str, incidents: Sequence[Incident]) -> tuple[bytes, list[Loss]]:
    out = io.BytesIO()
    losses = list(FORMATS[name].write(incidents, out, Choice.ALL))
    return out.getvalue(), losses


def test_parquet_has_a_row_an_incident_with_the_types_of_its_fields(incident: Incident) -> None:
    data, losses = write("parquet", [incident])
    (row,) = pq.read_table(io.BytesIO(data)).to_pylist()
    assert row["victim.name"] == ["Acme", "Acme Labs"]
    assert (row["date.occurred"], row["date.occurred.earliest"], row["date.occurred.latest"]) == (
        "2017-04",
        date(2017, 4, 1),
        date(2017, 4, 30),
    )
    assert row["data.records"] == 1200
    assert (row["ransom.paid"], row["ransom.paid.currency"], row["ransom.paid.amount"]) == (
        "USD 4400000.5",
        "USD",
        4400000.5,
    )
    assert row["actor.name"] is None
    assert row["denied"] == ["actor.name"]
    assert row["opened_at"] == AT
    lost = {(loss.field, loss.lost) for loss in losses}
    assert ("victim.size", Lost.CHOICE) in lost
    assert ("actor.name", Lost.STANCE) in lost
    assert ("data.class", Lost.EVIDENCE) in lost


def test_a_column_says_what_it_means(incident: Incident) -> None:
    data, _ = write("parquet", [incident])
    schema = pq.read_schema(io.BytesIO(data))
    assert set(fields()) < set(schema.names)
    assert schema.field("victim.name").metadata[b"description"].decode() == fields()["victim.name"].definition


def test_the_claims_table_loses_nothing(incident: Incident) -> None:
    data, losses = write("parquet-claims", [incident])
    assert losses == []
    rows = polars.read_parquet(io.BytesIO(data)).sort("field", "value").to_dicts()
    claims = sorted(incident.claims, key=lambda claim: (claim.field, claim.value))
    assert [row["id"] for row in rows] == [claim.id for claim in claims]
    denial = next(row for row in rows if row["stance"] == "denies")
    assert (denial["speaker"], denial["quote"], denial["start"]) == ("Bolt", "=1+1 passwords", 10)


def test_a_report_of_two_incidents_is_one_row_and_two_links(incident: Incident) -> None:
    other = fold_claims([make_claim("victim.name", "Acme")], record="inc-2")
    reports, _ = write("parquet-reports", [incident, other])
    links, _ = write("parquet-links", [incident, other])
    assert pq.read_table(io.BytesIO(reports)).column("id").to_pylist() == [REPORT.id]
    assert [(row["incident"], row["to"]) for row in pq.read_table(io.BytesIO(links)).to_pylist()] == [
        ("inc-1", REPORT.id),
        ("inc-2", REPORT.id),
    ]


def test_a_judgement_is_a_link() -> None:
    from dataclasses import replace

    tie = Tie(other="inc-2", judgement=Judgement.PART_OF, by="ann", at=AT, why="one campaign")
    tied = replace(fold_claims([make_claim("victim.name", "Acme")]), ties=(tie,))
    assert list(TableRows("links").of(tied))[1] == ("inc-1", "part of", "inc-2", "ann", AT, "one campaign")


def test_nothing_to_export_still_has_its_columns() -> None:
    for name in ("parquet", "parquet-claims", "parquet-reports", "parquet-links"):
        data, losses = write(name, [])
        assert losses == []
        assert pq.read_table(io.BytesIO(data)).num_rows == 0
    assert to_arrow([], "claims").schema == make_schema("claims")


def test_an_excel_workbook_holds_four_sheets_and_no_formula(incident: Incident) -> None:
    data, losses = write("excel", [incident])
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == list(get_tables())
    assert losses == []
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "=1+1 passwords" in {cell.value for cell in cells}
    heads = [cell.value for cell in book["incidents"][1]]
    row = dict(zip(heads, [cell.value for cell in book["incidents"][2]], strict=True))
    assert row["data.records"] == 1200
    assert row["date.occurred.earliest"] == datetime(2017, 4, 1)  # noqa: DTZ001
    assert row["victim.name"] == "Acme; Acme Labs"


def test_a_full_sheet_goes_on_in_another_and_a_long_text_is_said_to_be_cut() -> None:
    long = fold_claims([make_claim("summary", "word " * 8_000)])
    out = io.BytesIO()
    losses = list(write_excel([long, long, long], out, Choice.ALL, most_rows=3))
    book = openpyxl.load_workbook(out)
    assert "incidents 2" in book.sheetnames
    assert book["incidents"].max_row == 3
    assert {(loss.field, loss.lost) for loss in losses} == {("summary", Lost.VALUE), ("value", Lost.VALUE)}


def test_a_sqlite_file_can_be_asked(incident: Incident, tmp_path: Path) -> None:
    path = tmp_path / "incidents.sqlite"
    assert list(write_sqlite([incident], path, Choice.ALL)) == []
    with sqlite3.connect(path) as connection:
        asked = connection.execute(
            'SELECT i."victim.name", c.speaker, r.publisher FROM incidents i '
            "JOIN claims c ON c.incident = i.id JOIN reports r ON r.id = c.report WHERE c.stance = 'denies'"
        ).fetchall()
        assert asked == [('["Acme","Acme Labs"]', "Bolt", "Ledger")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute('SELECT count(*) FROM "columns"').fetchone()[0] == sum(
            len(table.columns) for table in get_tables().values()
        )
    connection.close()


def test_half_a_surrogate_pair_stops_no_export(tmp_path: Path) -> None:
    hostile = fold_claims(
        [
            Claim(
                report=REPORT.id,
                field="title",
                value="broken \ud800 text",
                speaker=Speaker("Acme"),
                coder="rules@1",
                no_evidence=NoEvidence.IMPORTED,
            )
        ]
    )
    data, _ = write("parquet", [hostile])
    assert pq.read_table(io.BytesIO(data)).column("title").to_pylist() == ["broken \ufffd text"]
    write("excel", [hostile])
    list(write_sqlite([hostile], tmp_path / "x.sqlite", Choice.ALL))
    out = io.StringIO()
    list(FORMATS["jsonl"].write([hostile], out, Choice.ALL))
    assert json.loads(out.getvalue())["values"]["title"][0]["value"] == "broken \ud800 text"


_CONTENT: dict[Cell, st.SearchStrategy[Any]] = {
    Cell.TEXT: st.text(st.characters(exclude_categories=["Cs"])),
    Cell.WHOLE: st.integers(0, 10**18),
    Cell.NUMBER: st.floats(allow_nan=False),
    Cell.DAY: st.dates(),
    Cell.TIME: st.datetimes(timezones=st.just(UTC)),
    Cell.LIST: st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3),
}


@settings(max_examples=50, deadline=None)
@given(st.data(), st.sampled_from(sorted(get_tables())))
def test_what_goes_into_parquet_comes_out(data: st.DataObject, name: str) -> None:
    columns = get_tables()[name].columns
    row = tuple(data.draw(st.none() | _CONTENT[each.cell]) for each in columns)
    schema, out = make_schema(name), io.BytesIO()
    pq.write_table(pa.Table.from_batches([make_batch([row], schema)]), out)
    assert list(pq.read_table(out).to_pylist()[0].values()) == list(row)
