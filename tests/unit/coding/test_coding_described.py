"""Bodies that are named by what they are and whose they are."""

import pytest

from incidex.coding.described import find_described
from incidex.coding.places import lexicons
from incidex.coding.table import prepare
from incidex.coding.victim import find_victim
from incidex.model import Document

BODIES = [
    ("Hackers broke into Albania's interior ministry in May.", "Albania's interior ministry"),
    ("Files were taken from the Tajik water ministry.", "Tajik water ministry"),
    ("The attackers of Timor-Leste's telecommunications regulator are unknown.", None),
    ("A site of the Montenegrin electoral commission fell.", "Montenegrin electoral commission"),
    ("Eight days of silence at the tax authority of Palau.", "tax authority of Palau"),
    ("The screens of the city of Leeds went dark.", "city of Leeds"),
    ("The Armenian central bank's press server was used.", "Armenian central bank"),
]


def _find(text: str) -> list[str]:
    prepared = prepare(Document(report="r", text=text))
    return [each.name for each in find_described(text, prepared.find(lexicons()[0]))]


@pytest.mark.parametrize(("text", "name"), BODIES)
def test_a_place_and_a_word_for_a_body_are_a_name(text: str, name: str | None) -> None:
    found = _find(text)
    assert found == [name] if name else len(found) == 1


@pytest.mark.parametrize(
    "text",
    [
        "A Colombian news agency was hacked.",
        "An unnamed Gulf ministry in Oman and two Omani agencies were hit.",
        "Indian army officers were lured.",
        "Hackers linked to Iran attacked the council.",
        "The French said that the government was hit.",
    ],
)
def test_one_of_many_and_people_are_none(text: str) -> None:
    assert _find(text) == []


def test_a_described_body_can_be_the_victim() -> None:
    text = (
        "Hackers defaced the website of Albania's interior ministry on Friday and stole 2 GB of mail from it."
    )
    best = find_victim(prepare(Document(report="r", text=text)))
    assert best is not None
    assert best.name == "Albania's interior ministry"


@pytest.mark.timeout(20)
def test_places_without_end_are_read_in_linear_time() -> None:
    assert isinstance(_find("Albania's the of the small Oman " * 20_000), list)
    assert isinstance(_find("France " + "very " * 100_000 + "ministry"), list)
