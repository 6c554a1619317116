"""CSV out: a row an incident, a row a claim, and no cell that a spreadsheet would run."""

import csv
import io

import pytest

from incidex.codebook import fields
from incidex.exchange import FORMATS, Choice, Lost
from incidex.exchange.tables import make_safe_cell
from tests.unit.exchange.test_exchange_record import CLAIMS, fold_claims


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-2", "'-2"), ("Acme", "Acme"), ("", "")],
)
def test_a_formula_is_never_run(text: str, shown: str) -> None:
    assert make_safe_cell(text) == shown


def test_one_row_an_incident_with_a_column_for_every_field() -> None:
    out = io.StringIO()
    losses = list(FORMATS["csv"].write([fold_claims(CLAIMS)], out, Choice.ALL))
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert set(fields()) < set(row)
    assert row["actor.name"] == "SkySecure"
    assert {loss.lost for loss in losses} == {Lost.SPEAKER, Lost.STANCE, Lost.STATUS, Lost.EVIDENCE}


def test_one_row_a_claim_with_speaker_and_quotation() -> None:
    out = io.StringIO()
    assert list(FORMATS["claims"].write([fold_claims(CLAIMS)], out, Choice.ALL)) == []
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [(row["speaker"], row["stance"], row["quote"]) for row in rows] == [
        ("Ciphr", "asserts", "SkySecure did it"),
        ("SkySecure", "denies", "SkySecure denies it"),
    ]


def test_nothing_to_export_is_an_empty_file_of_its_format() -> None:
    written: dict[str, str | bytes] = {}
    for name, format_ in FORMATS.items():
        out = io.BytesIO() if format_.is_binary else io.StringIO()
        assert list(format_.write([], out, Choice.ALL)) == []
        written[name] = out.getvalue()
    assert written["veris"] == "[]\n"
    assert written["jsonl"] == ""
