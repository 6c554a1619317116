"""What the victim does: each row is an opening and the sector that it names."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.industry import read_industry
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("The hospital lost data of patients.", "62"),
        ("The university was hacked.", "61"),
        ("The hotel was hacked.", "72"),
    ],
)
def test_the_opening_says_what_the_victim_does(text: str, sector: str) -> None:
    assert [each.value[:2] for each in read_industry(Prepared(Document(report="rep-1", text=text)))] == [
        sector
    ]


def test_a_text_that_says_nothing_of_the_victims_trade_has_none() -> None:
    assert not list(read_industry(Prepared(Document(report="rep-1", text="It was hacked. Police came."))))
