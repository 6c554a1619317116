import pytest

from incidex.coding.base import Prepared
from incidex.coding.data import read_data
from incidex.model import Document


def classes(text: str) -> set[str]:
    return {each.value for each in read_data(Prepared(Document(report="rep-1", text=text)))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The data included names, addresses and dates of birth.",
            {"Names", "Physical addresses", "Dates of birth"},
        ),
        ("E-mail addresses and IMEI numbers were exposed.", {"Email addresses", "IMEI numbers"}),
        ("Hackers stole Social Security numbers.", {"Social security numbers"}),
        ("The leak exposed usernames and passwords.", {"Usernames", "Passwords"}),
    ],
)
def test_a_list_of_what_was_exposed_gives_its_classes(text: str, expected: set[str]) -> None:
    assert classes(text) == expected


def test_words_outside_any_talk_of_exposure_are_no_classes() -> None:
    assert classes("The name of the street is long. Its title is short.") == set()
