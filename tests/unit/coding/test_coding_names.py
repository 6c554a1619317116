from collections.abc import Callable, Iterator

import pytest

from incidex.coding.base import Prepared, Reading
from incidex.coding.names import read_actor_names, read_malware, read_tools
from incidex.model import Document

Read = Callable[[Prepared], Iterator[Reading]]


def names(coder: Read, text: str) -> list[str]:
    return [each.value for each in coder(Prepared(Document(report="rep-1", text=text)))]


@pytest.mark.parametrize(
    ("coder", "text", "expected"),
    [
        (read_actor_names, "The group APT28 did it.", ["APT28"]),
        (read_actor_names, "The gang Fancy Bear did it.", ["APT28"]),
        (read_malware, "The malware LockerGoga spread.", ["LockerGoga"]),
        (read_tools, "The attackers ran Mimikatz.", ["Mimikatz"]),
    ],
)
def test_known_names_and_aliases_give_the_canonical_name(coder: Read, text: str, expected: list[str]) -> None:
    assert names(coder, text) == expected


@pytest.mark.parametrize("coder", [read_actor_names, read_malware, read_tools])
@pytest.mark.parametrize(
    "text",
    [
        "The Nitro express has a Machete and an Axiom aboard.",
        "They meet at the route to the net.",
        "Group 3 left.",
    ],
)
def test_everyday_words_are_no_names(coder: Read, text: str) -> None:
    assert names(coder, text) == []
