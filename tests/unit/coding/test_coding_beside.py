"""Who stands beside an incident and is not its victim: writers, software with the flaw, police at work."""

import time

import pytest

from incidex.coding import Prepared
from incidex.coding.beside import is_credited
from incidex.coding.victim import find_victim, read_victims
from incidex.model import Document

BESIDE: list[tuple[str, str | None]] = [
    ("Hackers stole data. We do this to earn money.\n--\nWritten for the Larkspur project.", None),
    ("Files were stolen in a breach.\n\nPhoto by Acme Images", None),
    ("Copyright © Acme Foods. Files were stolen in a breach.", None),
    ("Clop exploits MOVEit Transfer to steal files. The payroll provider Zellis was breached.", "Zellis"),
    ("Apache Struts exploitation behind the Acme breach. Acme has confirmed the breach.", "Acme"),
    (
        "Hackers stole data from Oak Hill Hospital. They used a flaw in Accellion, which sells to hospitals.",
        "Oak Hill Hospital",
    ),
    (
        "A vulnerability in Accellion's file transfer appliance was exploited. Oak Hill suffered a breach.",
        "Oak Hill",
    ),
    (
        "Oak Hill Hospital suffered a breach through a product of Brightware. Brightware was told.",
        "Oak Hill Hospital",
    ),
    ("MOVEit was attacked, and files were stolen.", None),
    ("A group that we track as Slate Heron stole files of a bank.", None),
    ("Dust Marten is an adversary that breached satellite firms.", None),
    ("Files of a bank were stolen by hackers of the Slate Heron Front.", None),
    ("Kaluga Heron is a cyber-espionage group that stole mail.", None),
    ('The group "Sword of Zenith" stole files and altered pumps.', None),
    ("A group calling itself Red Lantern broke into the tax office.", None),
    ("OSTRAND - Oak Hill Hospital suffered a breach.", "Oak Hill Hospital"),
    ("Stolen data was posted. The Australian Federal Police is investigating.", None),
    ("A man was held over the theft. The Metropolitan Police arrested him.", None),
]

#: What looks like it and is the victim all the same.
STRUCK: list[tuple[str, str | None]] = [
    (
        "A flaw in Acme Foods' website exposed 5,000 customers. Acme Foods said that it was sorry.",
        "Acme Foods",
    ),
    (
        "Acme Foods suffered a data breach. A flaw in Acme Foods let hackers in, Acme Foods said.",
        "Acme Foods",
    ),
    (
        "The Riverton Police Department suffered a ransomware attack and lost files.",
        "Riverton Police Department",
    ),
    (
        "Hackers broke into the Riverton Police Department. The Riverton Police Department is investigating.",
        "Riverton Police Department",
    ),
]


def victims(text: str) -> set[str]:
    return {
        reading.value
        for reading in read_victims(Prepared(Document(report="r", text=text)))
        if reading.field == "victim.name"
    }


@pytest.mark.parametrize(("text", "victim"), BESIDE + STRUCK)
def test_the_victim_is_no_one_who_stands_beside(text: str, victim: str | None) -> None:
    assert victims(text) == ({victim} if victim else set())


def test_a_credit_is_a_line_and_not_a_word() -> None:
    told = "The letter, written for the Acme Foods board, told of a breach."
    assert not is_credited(told, told.index("Acme"))
    assert is_credited("A breach. Written for the Acme project.", len("A breach. Written for the "))


def test_the_text_of_a_credit_costs_no_more_than_other_text() -> None:
    text = "Written for " * 2_000 + "a flaw in the " * 2_000 + "Acme. " * 2_000
    start = time.process_time()
    find_victim(Prepared(Document(report="r", text=text)))
    assert time.process_time() - start < 2
