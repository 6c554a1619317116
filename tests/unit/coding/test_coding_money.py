import pytest

from incidex.coding.base import Prepared
from incidex.coding.money import read_money, read_outage
from incidex.model import Document


def sums(text: str) -> list[tuple[str, str]]:
    return [(each.field, each.value) for each in read_money(Prepared(Document(report="rep-1", text=text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The attackers demanded a ransom of $4.4 million.", [("ransom.demanded", "USD 4400000")]),
        ("It paid the hackers €1m.", [("ransom.paid", "EUR 1000000")]),
        ("The cost was NOK 300 million.", [("loss.amount", "NOK 300000000")]),
        ("The cost was NOK 300-350 million.", [("loss.amount", "NOK 300000000")]),
        ("The ransom was 10 million US dollars.", [("ransom.demanded", "USD 10000000")]),
        ("The ticket is $12.", []),
        ("It paid $40 for lunch.", []),
        ("They demanded a ransom of 75 bitcoins.", []),
    ],
)
def test_sums_go_to_the_field_that_the_sentence_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert sums(text) == expected


def test_the_length_of_an_outage_is_a_duration() -> None:
    text = "Its systems were offline for 3 days."
    assert [each.value for each in read_outage(Prepared(Document(report="rep-1", text=text)))] == ["P3D"]
