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
        ("The leak exposed IP and email addresses.", {"IP addresses", "Email addresses"}),
        (
            "The leak exposed physical, email and IP addresses.",
            {"Physical addresses", "Email addresses", "IP addresses"},
        ),
        ("The data held dates and places of birth.", {"Dates of birth", "Places of birth"}),
        ("It exposed name, phone and country.", {"Names", "Phone numbers", "Geographic locations"}),
    ],
)
def test_a_list_of_what_was_exposed_gives_its_classes(text: str, expected: set[str]) -> None:
    assert classes(text) == expected


def test_words_outside_any_talk_of_exposure_are_no_classes() -> None:
    assert classes("The name of the street is long. Its title is short.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Messages are encrypted on the phone, and nobody exposed them.",
        "The photo service suffered a data breach.",
        "Data protection authorities of both countries, and the police, were told of the breach.",
        "Hackers took down the contacts app.",
    ],
)
def test_an_everyday_word_counts_only_among_other_data(text: str) -> None:
    assert classes(text) == set()
