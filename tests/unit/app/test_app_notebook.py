"""`incidex.open`: the tables of a database in a notebook, on a file and on a server."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import incidex
from incidex.app.demonstration import make_demo
from incidex.model import InputError, Tier
from incidex.search import QueryError
from incidex.store import SqliteLog, SqlLog
from incidex.store.postgres import PostgresLog
from tests.contract.log_samples import batch

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "tables-and-notebooks.md"


def fill(log: SqlLog) -> None:
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Acme says nothing.", victim="Acme"))
    log.append(batch("inc-3", "Hidden says little.", victim="Hidden", tier=Tier.AMBER))
    log.close()


@pytest.fixture(params=["file", "server"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "file":
        fill(SqliteLog(tmp_path / "x.db"))
        yield str(tmp_path / "x.db")
    else:
        url: str = request.getfixturevalue("postgres_url")
        fill(PostgresLog(url))
        yield url


def test_the_tables_of_a_database(database: str) -> None:
    with incidex.open(database) as records:
        assert set(records.incidents().to_polars()["id"]) == {"inc-1", "inc-2", "inc-3"}
        claims = records.claims().to_pandas()
        assert len(claims) == len(records.claims().to_arrow()) == 8
        assert str(claims["start"].dtype) == "int64[pyarrow]"
        assert records.reports().to_arrow().num_rows == 3
        assert records.links().to_polars()["kind"].to_list() == ["report"] * 3
        assert "TLP" in records.claims().columns["tier"]


def test_a_tier_sees_its_own_and_the_public_is_asked_unless_said(database: str) -> None:
    with incidex.open(database) as records:
        assert "Hidden" not in records.claims().to_polars()["value"].to_list()
        assert "Hidden" in records.claims(tier="amber").to_polars()["value"].to_list()


def test_as_it_stood_and_as_a_search_finds(database: str) -> None:
    with incidex.open(database) as records:
        assert records.incidents(as_of=3).to_polars()["id"].to_list() == ["inc-1"]
        assert records.claims("acme").to_polars()["incident"].unique().to_list() == ["inc-2"]
        assert records.claims("hidden").to_arrow().num_rows == 0
        with pytest.raises(QueryError):
            records.claims("no.such.field:x")
        with pytest.raises(InputError, match="needs its zone"):
            records.claims(as_of=datetime(2026, 1, 1))  # noqa: DTZ001
        with pytest.raises(InputError, match="'blue' is not a tier"):
            records.claims(tier="blue")


def test_what_is_written_later_is_not_in_it(tmp_path: Path) -> None:
    fill(SqliteLog(tmp_path / "x.db"))
    log = SqliteLog(tmp_path / "x.db")
    with incidex.open(tmp_path / "x.db") as records:
        chosen = records.incidents()
        log.append(batch("inc-4", "Later says more."))
        assert len(chosen.to_arrow()) == 3
        assert len(records.incidents().to_arrow()) == 4
    log.close()


def test_numbers_of_pandas_and_polars_are_the_memory_of_arrow(tmp_path: Path) -> None:
    fill(SqliteLog(tmp_path / "x.db"))
    with incidex.open(tmp_path / "x.db") as records:
        table = records.claims().to_arrow()
    address = table.column("confidence").chunk(0).buffers()[1].address
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    assert frame["confidence"].array.__arrow_array__().chunk(0).buffers()[1].address == address
    series = pl.from_arrow(table)
    assert isinstance(series, pl.DataFrame)
    assert series["confidence"].to_numpy(allow_copy=False).ctypes.data == address


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no database .*none\.db"):
        incidex.open(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_importing_incidex_loads_nothing_else() -> None:
    asked = "import sys, incidex; print([m for m in sys.modules if m.startswith('incidex.')], incidex.open)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] <function open")


def test_the_example_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo(tmp_path)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    said = io.StringIO()
    with redirect_stdout(said):
        exec(compile(example, str(HOW_TO), "exec"), {})  # noqa: S102 - our own page
    assert "Medibank Private" in said.getvalue()
    assert "claims that the team sees" in said.getvalue()


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path) -> None:
    fill(SqliteLog(tmp_path / "x.db"))
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError(name='pyarrow')", "utf-8")
    asked = f"import incidex; incidex.open({str(tmp_path / 'x.db')!r}).claims().to_arrow()"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "need pyarrow: pip install 'incidex[tables]' (pyarrow is missing)" in done.stderr
