"""Who says what: each row is a passage, the words asked about, and whose they are."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.parties import make_cast, party_name
from incidex.coding.speech import read_speech
from incidex.model import Document, Report, Role, Source, Span

PRESS = ("The Morning Wire", Role.PRESS)
VICTIM = ("Acme Foods", Role.VICTIM)
SITE = ("the dump site", Role.ACTOR)

# Acme Foods is the victim in every row, and the publisher is The Morning Wire.
SPEECH = [
    ("Acme Foods lost 5,000 records.", "5,000", PRESS),
    ("Acme Foods said that 5,000 records were taken.", "5,000", VICTIM),
    ("Acme said 5,000 records were taken.", "5,000", VICTIM),
    ("The company said that 5,000 records were taken.", "5,000", VICTIM),
    ("The firm confirmed on Monday that 5,000 records were taken.", "5,000", VICTIM),
    ("Its chief executive told reporters that 5,000 records were taken.", "5,000", VICTIM),
    ("A spokesman for Acme Foods said 5,000 records were taken.", "5,000", VICTIM),
    ("The retailer acknowledged that 5,000 records were taken.", "5,000", VICTIM),
    ("Acme Foods, which is based in Leeds, said that 5,000 records were taken.", "5,000", VICTIM),
    ("Acme Foods has since admitted that 5,000 records were taken.", "5,000", VICTIM),
    ("5,000 records were taken, Acme Foods said.", "5,000", VICTIM),
    ("5,000 records were taken, said Acme Foods.", "5,000", VICTIM),
    ("5,000 records were taken, according to Acme Foods.", "5,000", VICTIM),
    ("According to Acme Foods, 5,000 records were taken.", "5,000", VICTIM),
    ("“We lost 5,000 records,” Acme Foods said.", "5,000", VICTIM),
    ('"We lost 5,000 records," the company told this site.', "5,000", VICTIM),
    ("‘We lost 5,000 records in all,’ said Acme Foods.", "5,000", VICTIM),
    ("“We are sorry about it. We lost 5,000 records,” Acme Foods said.", "5,000", VICTIM),
    ("Acme Foods said: “We are sorry about it. We lost 5,000 records.”", "5,000", VICTIM),
    ("Acme Foods said it was hacked. It added that 5,000 records were taken.", "5,000", VICTIM),
    ("Acme Foods confirmed the attack. The company says 5,000 records were taken.", "5,000", VICTIM),
    ("Acme Foods's statement reads: 5,000 records were taken.", "5,000", VICTIM),
    ("Acme Foods was hacked. 5,000 records were taken, it said.", "5,000", VICTIM),
    ("The dump site claims that 5,000 records were taken.", "5,000", SITE),
    ("According to the dump site, 5,000 records were taken.", "5,000", SITE),
    ("The hackers claimed that 5,000 records were taken.", "5,000", ("the hackers", Role.ACTOR)),
    ("The group said that 5,000 records were taken.", "5,000", ("the group", Role.ACTOR)),
    (
        "The people behind the page claim that 5,000 records were taken.",
        "5,000",
        ("the people behind the page", Role.ACTOR),
    ),
    (
        "A group known as Nightowl took credit. The group said it stole 5,000 records.",
        "5,000",
        ("Nightowl", Role.ACTOR),
    ),
    ("LockBit claimed that it stole 5,000 records.", "5,000", ("LockBit", Role.ACTOR)),
    ("The police said that 5,000 records were taken.", "5,000", ("the police", Role.AUTHORITY)),
    ("The FBI said that 5,000 records were taken.", "5,000", ("FBI", Role.AUTHORITY)),
    (
        "The attorney general said that 5,000 records were taken.",
        "5,000",
        ("the attorney general", Role.AUTHORITY),
    ),
    ("The regulator said that 5,000 records were taken.", "5,000", ("the regulator", Role.AUTHORITY)),
    (
        "5,000 records were taken, according to the Department of Justice.",
        "5,000",
        ("Department of Justice", Role.AUTHORITY),
    ),
    ("The minister said it was basic. 5,000 were hit, she said.", "5,000", ("the minister", Role.AUTHORITY)),
    ("Researchers said that 5,000 records were taken.", "5,000", ("researchers", Role.RESEARCHER)),
    ("Kaspersky reported that 5,000 records were taken.", "5,000", ("Kaspersky", Role.RESEARCHER)),
    ("Two customers confirmed that 5,000 records were taken.", "5,000", ("customers", Role.NAMED_PARTY)),
    ("A customer said that 5,000 records were taken.", "5,000", ("customers", Role.NAMED_PARTY)),
    ("Reuters reported that 5,000 records were taken.", "5,000", ("Reuters", Role.PRESS)),
    ("Zenith denied that it took 5,000 records.", "5,000", ("Zenith", Role.NAMED_PARTY)),
    (
        "Zenith denied that it was involved. “We never took 5,000 records,” the company told this site.",
        "5,000",
        ("Zenith", Role.NAMED_PARTY),
    ),
    ("Zenith denied it. Acme Foods said that 5,000 records were taken.", "5,000", VICTIM),
    (
        "Acme Foods, which fell victim in May and shut its plants, told the FBI that 5,000 records went.",
        "5,000",
        VICTIM,
    ),
    (
        "A foreign ministry spokesman said that 5,000 records were taken.",
        "5,000",
        ("a foreign ministry spokesman", Role.AUTHORITY),
    ),
    ("An employee downloaded Zenith reports with 5,000 names.", "5,000", PRESS),
    ("Health claims of 5,000 customers were seen.", "5,000", PRESS),
    ("An employee reported the theft to the police and 5,000 names went.", "5,000", PRESS),
    ("Zenith is said to have 5,000 records.", "5,000", PRESS),
    (
        "Zenith said that staff were told. It does not believe that 5,000 were hit.",
        "5,000",
        ("Zenith", Role.NAMED_PARTY),
    ),
    ("Intruder says he took 5,000 records.", "5,000", ("intruder", Role.ACTOR)),
    (
        "Many of you asked us about the website that claims to hold 5,000 records.",
        "5,000",
        ("the website", Role.ACTOR),
    ),
    ("The list that appeared holds 5,000 records.", "5,000", PRESS),
    ("The website that claims to hold it has 5,000 records.", "5,000", ("the website", Role.ACTOR)),
    ("Acme Foods said it was hacked. 5,000 records were found online by us.", "5,000", PRESS),
]


def _report(name: str = "The Morning Wire", role: Role = Role.PRESS) -> Report:
    return Report(sha256="0" * 64, source=Source(name=name, role=role))


def _speaker(text: str, words: str, report: Report) -> tuple[str, Role]:
    speech = read_speech(Prepared(Document(report="rep-1", text=text)), make_cast(report, text, "Acme Foods"))
    at = text.index(words)
    speaker = speech.speaker_at(Span(at, at + len(words)))
    return (speaker.name, speaker.role)


@pytest.mark.parametrize(("text", "words", "speaker"), SPEECH)
def test_words_belong_to_whoever_says_them(text: str, words: str, speaker: tuple[str, Role]) -> None:
    assert _speaker(text, words, _report()) == speaker


OWN_WORDS = [
    ("We lost 5,000 records.", "Acme Foods (statement, retold)", Role.VICTIM, "Acme Foods"),
    ("The company lost 5,000 records.", "Acme Foods (statement, retold)", Role.VICTIM, "Acme Foods"),
    ("Acme says that 5,000 records were taken.", "Acme Foods (notice)", Role.VICTIM, "Acme Foods"),
    ("We have 5,000 records.", "Nightowl blog (retold)", Role.ACTOR, "Nightowl blog"),
    ("We lost 5,000 records.", "Ministry (statement)", Role.AUTHORITY, "Ministry (statement)"),
]


@pytest.mark.parametrize(("text", "source", "role", "name"), OWN_WORDS)
def test_a_publisher_speaks_for_itself(text: str, source: str, role: Role, name: str) -> None:
    assert _speaker(text, "5,000", _report(source, role)) == (name, role)


def test_a_party_has_one_name_in_its_own_statement_and_in_the_press() -> None:
    assert party_name(Source(name="Acme (statement, retold)", role=Role.VICTIM)) == "Acme"
    assert party_name(Source(name="Acme (retold)", role=Role.PRESS)) == "Acme (retold)"


def test_speech_in_a_long_hostile_text_is_read_in_linear_time() -> None:
    text = "said A, " * 20_000
    assert _speaker(text + "Acme Foods said 5,000.", "5,000", _report())
