import time

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
        ("The gang wanted US$5 million.", [("ransom.demanded", "USD 5000000")]),
        ("Thieves stole NZ$200,000 from the bank.", [("loss.amount", "NZD 200000")]),
        ("Hackers demanded 400 thousand euros.", [("ransom.demanded", "EUR 400000")]),
        ("The ticket is $12.", []),
        ("It paid $40 for lunch.", []),
        ("They demanded a ransom of 75 bitcoins.", []),
    ],
)
def test_sums_go_to_the_field_that_the_sentence_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert sums(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Its systems were offline for 3 days.", ["P3D"]),
        ("The site was down for about two weeks.", ["P2W"]),
        ("It suffered a 12-hour outage.", ["PT12H"]),
        ("After a three-day network outage it was back.", ["P3D"]),
        ("The shop is open for 3 days.", []),
        ("The shop shut down.", []),
    ],
)
def test_the_length_of_an_outage_is_a_duration(text: str, expected: list[str]) -> None:
    assert [each.value for each in read_outage(Prepared(Document(report="rep-1", text=text)))] == expected


@pytest.mark.parametrize("unit", ["$", "$1", "9", "down for ", "1 dollars ", "ransom $5 "])
def test_hostile_text_ends(unit: str) -> None:
    prepared = Prepared(Document(report="rep-1", text=unit * (200_000 // len(unit))))
    started = time.process_time()
    assert len([*read_money(prepared), *read_outage(prepared)]) >= 0
    assert time.process_time() - started < 20
