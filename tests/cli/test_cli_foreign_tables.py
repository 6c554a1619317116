"""Files from elsewhere handed in as tables of text: each is refused in a sentence that says what to do."""

import gzip
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import incidex
from incidex.exchange.csv_in import make_csv_reader
from incidex.exchange.mapping import parse_mapping
from incidex.exchange.rows import Refused, Row
from incidex.model import InputError, LimitError, StoreError
from tests.cli.conftest import Run

MAPPING = """
name = "mine"
[source]
name = "My list"
[[column]]
name = "victim"
field = "victim.name"
[[column]]
name = "when"
field = "date.occurred"
"""


def read(data: bytes, encoding: str = "") -> list[Row | Refused]:
    said = f'encoding = "{encoding}"\n' if encoding else ""
    return list(make_csv_reader(parse_mapping(said + MAPPING, "mine.toml"))(io.BytesIO(data)))


def as_parquet(path: Path) -> None:
    pq.write_table(pa.table({"victim": ["Acme"], "when": ["2020"]}), path)


def as_arrow(path: Path) -> None:
    feather.write_feather(pa.table({"victim": ["Acme"]}), path, compression="uncompressed")


def as_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ("victim", "when"))


def as_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE victims (victim TEXT)")
    connection.close()


def as_unicode_text(path: Path) -> None:
    path.write_bytes("victim\twhen\nZürich\t2020\n".encode("utf-16"))


FOREIGN = [
    pytest.param(as_parquet, "this is a Parquet file .*to_csv", id="parquet"),
    pytest.param(as_arrow, "this is an Arrow file", id="arrow"),
    pytest.param(as_workbook, 'this is a workbook or an archive .* "CSV UTF-8"', id="excel"),
    pytest.param(as_sqlite, "this is a SQLite database", id="sqlite"),
    pytest.param(as_unicode_text, "this is UTF-16 .* iconv", id="utf-16"),
]


@pytest.mark.parametrize(("make", "sentence"), FOREIGN)
def test_what_is_no_text_is_named_and_refused(
    make: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    make(tmp_path / "x")
    with pytest.raises(InputError, match=sentence):
        read((tmp_path / "x").read_bytes())


@pytest.mark.parametrize(("make", "sentence"), FOREIGN)
def test_it_is_no_database_either(make: Callable[[Path], None], sentence: str, tmp_path: Path) -> None:
    make(tmp_path / "x")
    before = (tmp_path / "x").read_bytes()
    with pytest.raises(StoreError, match="name another file"):
        incidex.open(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == before
    assert sentence


def test_an_empty_file_is_not_made_a_database(tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    with pytest.raises(InputError, match="is empty; name the database"):
        incidex.open(tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").stat().st_size


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_an_encoding_whose_lines_end_otherwise_is_not_read(encoding: str) -> None:
    with pytest.raises(InputError, match=f"a table in {encoding} is not read; save it as UTF-8"):
        read("victim,when\nAcme,2020\n".encode(encoding), encoding)


@pytest.mark.parametrize("encoding", ["klingon", "hex", "undefined", "idna"])
def test_no_such_encoding(encoding: str) -> None:
    with pytest.raises(InputError, match="there is no encoding"):
        read(b"victim,when\n", encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "shift_jis", "gb18030", "utf-8"])
def test_other_encodings_are_read_when_they_are_said(encoding: str) -> None:
    name = "日本" if encoding in ("shift_jis", "gb18030") else "Zürich"
    (row,) = read(f"victim,when\n{name},2020\n".encode(encoding), encoding)
    assert isinstance(row, Row)
    assert name in {claim.value for claim in row.claims}


def test_ragged_rows_are_refused_one_by_one_and_the_rest_goes_in() -> None:
    found = read(b"victim,when\nAcme,2020,more\nBolt\nCarol,2021\n")
    assert [isinstance(each, Row) for each in found] == [False, False, True]
    assert [issue.row for each in found[:2] for issue in each.issues] == [2, 3]


def test_a_quotation_mark_that_is_left_open_is_named() -> None:
    (refused,) = read(b'victim,when\n"Acme,2020\nBolt,2021\n')
    assert isinstance(refused, Refused)
    assert "is a quotation mark left open in it?" in refused.issues[0].problem


def test_a_formula_is_a_name_like_another() -> None:
    (row,) = read(b"victim,when\n=cmd|calc!A1,2020\n")
    assert isinstance(row, Row)
    assert "=cmd|calc!A1" in {claim.value for claim in row.claims}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"victim,when\n" + b"A" * 2_100_000, "line 2 is longer than", id="one-line"),
        pytest.param(
            b'victim,when\n"' + (b"A" * 1000 + b"\n") * 2_100, "field larger than field limit", id="one-cell"
        ),
        pytest.param(
            b",".join(b"c%d" % number for number in range(2_001)) + b"\n", "2,001 columns", id="columns"
        ),
    ],
)
def test_a_bomb_is_stopped(data: bytes, sentence: str) -> None:
    with pytest.raises((LimitError, InputError), match=sentence):
        read(data)


def test_a_bomb_in_a_zip_is_stopped_and_nothing_is_written(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MAPPING, "utf-8")
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as file:
        file.write(b"victim,when\n")
        for _ in range(256):
            file.write(b"A" * 2**20)
    done = run("import", "csv", tmp_path / "bomb.csv.gz", "--mapping", tmp_path / "mine.toml")
    assert done.returncode == 2
    assert "line 2 is longer than 2,000,000 bytes" in done.stderr
    assert "Traceback" not in done.stderr
    as_parquet(tmp_path / "x.parquet")
    done = run("import", "csv", tmp_path / "x.parquet", "--mapping", tmp_path / "mine.toml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "this is a Parquet file" in done.stderr
