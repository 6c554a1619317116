import pytest

from incidex.coding.base import Prepared
from incidex.coding.counts import read_counts
from incidex.coding.numbers import find_numbers
from incidex.model import Document


def counts(text: str) -> list[tuple[str, str]]:
    readings = read_counts(Prepared(Document(report="rep-1", text=text)))
    return [(each.value, each.span.within(text)) for each in readings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It exposed 1,200 records.", ("1200", "1,200 records")),
        ("It affected 13,055 individuals.", ("13055", "13,055 individuals")),
        ("The accounts of 6.4 million subscribers leaked.", ("6400000", "6.4 million subscribers")),
        ("Data of 1.4m people was stolen.", ("1400000", "1.4m people")),
        ("Stolen: data of nearly half a million customers.", ("500000", "half a million customers")),
        ("The discs cover twenty-five million individuals.", ("25000000", "twenty-five million individuals")),
        ("Two dozen patients were affected.", ("24", "Two dozen patients")),
        (
            "It exposed 9.7 million current and former customers.",
            ("9700000", "9.7 million current and former customers"),
        ),
        ("The breach exposed 83k customer records.", ("83000", "83k customer records")),
        ("It exposed 226k unique email addresses.", ("226000", "226k unique email addresses")),
        ("It exposed 3.2M unique email and IP addresses.", ("3200000", "3.2M unique email and IP addresses")),
        ("It exposed data with 270 thousand email addresses.", ("270000", "270 thousand email addresses")),
        ("The data of 1,551 of the clinic’s patients was sold.", ("1551", "1,551 of the clinic’s patients")),
        ("It contained 3,906 individuals’ health information.", ("3906", "3,906 individuals’")),
        ("It said that 3,857 were affected by the breach.", ("3857", "3,857")),
        ("Data of (31) Veterans was sent by mistake.", ("31", "31) Veterans")),
        ("The letter with information on two patients was lost.", ("2", "two patients")),
        ("Individuals affected:      43,000\nDate: 2017", ("43000", "43,000")),
    ],
)
def test_numbers_of_people_and_records_are_counts(text: str, expected: tuple[str, str]) -> None:
    assert counts(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "In 2017 customers lost data.",
        "It paid $4,400,000 to the hackers.",
        "The firm employs 5,000 people and was hacked.",
        "It serves 300 customers and was hacked.",
        "About 12% of users were affected.",
        "The theft took 30 days and affected residents.",
        "Users were exposed in March 2017 residents said.",
        "Version 4.0.2 users were exposed.",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert counts(text) == []


@pytest.mark.parametrize("text", ["1," * 50_000, "1 " * 50_000, "a million " * 10_000, "9" * 100_000])
def test_hostile_numbers_end(text: str) -> None:
    list(find_numbers(text))
    counts(text)


def test_counts_that_differ_are_each_less_sure() -> None:
    def sure(text: str) -> list[float]:
        return [each.confidence for each in read_counts(Prepared(Document(report="r", text=text)))]

    (alone,) = sure("It exposed 1,200 records.")
    first, second = sure("It exposed 1,200 records. Later 90,000 records were exposed.")
    assert alone > first > second
    several = sure("It exposed 1,200 records, 5,000 records, 90,000 records and 400 records.")
    assert max(several) < first
    assert min(several) < 0.3
    assert sure("It exposed nearly 1,200 records. It exposed 1,190 records.") == [alone, alone]
