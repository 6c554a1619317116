import pytest

from incidex.coding.base import Prepared
from incidex.coding.countries import read_countries, read_industry
from incidex.model import Document


def countries(text: str) -> list[tuple[str, str]]:
    return [
        (each.field, each.value) for each in read_countries(Prepared(Document(report="rep-1", text=text)))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maersk, the Danish shipping group, was hit.", [("victim.country", "DK")]),
        ("It is a UK-based firm.", [("victim.country", "GB")]),
        ("The firm is based in Cork, Ireland.", [("victim.country", "IE")]),
        ("Medibank, the Australian health insurer, was hit.", [("victim.country", "AU")]),
        ("A clinic in Nashville, Tennessee, was hit.", [("victim.country", "US")]),
        ("Russian hackers did it.", [("actor.country", "RU")]),
        ("A China-based group did it.", [("actor.country", "CN")]),
        ("He flew to France for lunch.", []),
    ],
)
def test_a_country_is_read_only_where_the_text_ties_it_to_someone(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert countries(text) == expected


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
