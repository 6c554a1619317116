import time
from collections.abc import Callable, Iterator

import pytest

from incidex.coding.base import Prepared, Reading
from incidex.coding.names import read_actor_names, read_crews, read_malware, read_tools
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
        (read_tools, "They ran net.exe and AnyDesk as a tool.", ["Net", "AnyDesk"]),
        (read_actor_names, "TA505 and APT 41 are active.", ["TA505", "APT41"]),
        (read_actor_names, "UNC9999 is new.", ["UNC9999"]),
        (read_actor_names, "Researchers blame Gilded Chollima.", ["Gilded Chollima"]),
        (read_actor_names, "They used Cobalt Strike.", []),
        (read_malware, "They used Cobalt Strike beacons.", ["Cobalt Strike"]),
        (read_malware, "The TrickBot gang is known.", []),
        (
            read_malware,
            "They dropped FrostyLoader. FrostyLoader then slept.",
            ["FrostyLoader", "FrostyLoader"],
        ),
        (read_malware, "It is a trojan called Brimstone.", ["Brimstone"]),
        (read_malware, "A Python backdoor and the final payload.", []),
        (read_malware, "Kronos, a payroll provider, was hit by ransomware.", []),
        (read_malware, "The Kronos trojan returned. Kronos steals.", ["Kronos", "Kronos"]),
        (read_malware, "BitLocker encrypts the disks.", []),
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


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("The Clop gang posted the list.", ["Clop"], id="name-before-gang"),
        pytest.param("A group called DarkSide did it.", ["DarkSide"], id="group-called"),
        pytest.param("REvil claimed the attack.", ["REvil"], id="the-name-speaks"),
        pytest.param("Files were encrypted by Clop.", [], id="the-program-not-the-crew"),
        pytest.param("They took the ferry.", [], id="no-name-at-all"),
    ],
)
def test_those_who_run_a_ransomware(text: str, values: list[str]) -> None:
    prepared = Prepared(Document(report="rep-1", text=text))
    assert [reading.value for reading in read_crews(prepared)] == values


def test_the_reason_says_whose_alias_it_is() -> None:
    prepared = Prepared(Document(report="rep-1", text="The group Fancy Bear did it."))
    (reading,) = read_actor_names(prepared)
    assert (reading.value, reading.why) == ("APT28", "the name 'Fancy Bear', an alias of APT28 (MISP galaxy)")


@pytest.mark.parametrize("unit", ["TA", "APT1", "A", "Loader", "ransomware ", "the TA505 group "])
def test_hostile_text_ends(unit: str) -> None:
    prepared = Prepared(Document(report="rep-1", text=unit * (200_000 // len(unit))))
    started = time.process_time()
    for coder in (read_actor_names, read_malware, read_tools, read_crews):
        list(coder(prepared))
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("At a news conference CEO David Diamond said the data was safe.", [], id="a-person"),
        pytest.param("The San Diego Unified School District said it told families.", [], id="a-district"),
        pytest.param("The Diamond ransomware gang said it took the files.", ["Diamond"], id="called-a-gang"),
        pytest.param(
            "Files were taken. DarkSide said it would publish them.", ["DarkSide"], id="a-coined-name"
        ),
    ],
)
def test_a_crew_named_by_an_ordinary_word_needs_its_kind_beside_it(text: str, values: list[str]) -> None:
    assert names(read_crews, text) == values


def test_a_town_is_no_actor_of_the_same_name() -> None:
    assert names(read_actor_names, "Stores in Hastings and White Bear Lake were hit.") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Sandworm cut power to a district of the capital.", ["Sandworm"]),
        ("Turla hid its implant on the servers of a ministry.", ["Turla"]),
        ("Turla is a town.", []),
    ],
)
def test_a_known_actor_that_does_something_to_somebody_is_meant(text: str, values: list[str]) -> None:
    assert names(read_actor_names, text) == values
