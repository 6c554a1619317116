"""What a victim's name says of its trade."""

import pytest

from incidex.codebook import check_value
from incidex.coding.cues import read_rows
from incidex.coding.table import prepare
from incidex.coding.trades import read_trades
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "sectors"),
    [
        ("Michigan State University suffered a data breach.", ["61"]),
        ("Hackers breached Pakistan International Airlines, the airline said.", ["48"]),
        ("HSBC suffered a data breach.", ["52"]),
        ("Acme suffered a data breach. It was reported by the BBC.", []),
        ("Banknote Films suffered a data breach.", []),
    ],
)
def test_a_name_says_what_its_bearer_does(text: str, sectors: list[str]) -> None:
    assert [each.value for each in read_trades(prepare(Document(report="r", text=text)))] == sectors


def test_the_sectors_are_in_the_codebook_and_no_name_stands_twice() -> None:
    rows = read_rows("trades")
    assert all(check_value("victim.industry", sector) == sector for _, sector, _ in rows)
    names = [name for kind, _, words in rows for name in words.split("|") if kind == "name"]
    assert len(names) == len(set(names))
