"""Who says what: each row is a passage, the words asked about, and whose they are."""

import textwrap

import pytest

from incidex.coding.base import Prepared
from incidex.coding.parties import make_cast, party_name
from incidex.coding.speech import read_speech
from incidex.model import Document, Report, Role, Source, Span, Speaker

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
    prepared = Prepared(Document(report="rep-1", text=text), report=report)
    speech = read_speech(prepared, make_cast(prepared, "Acme Foods"))
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


HOSTILE = [
    "said " * 40_000,
    "Acme said. " * 15_000,
    "said Acme, " * 15_000,
    "“Acme” said " * 15_000,
    "“" * 200_000,
    '"' * 200_000,
    ("“" * 10 + "”" * 10) * 10_000,
    "a@" * 100_000,
    "according to " * 15_000,
    "the company, which, " * 10_000,
    "A " * 100_000,
    "Acme's " * 30_000,
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_repetition_without_end_costs_no_more_than_its_length(text: str) -> None:
    report = _report()
    prepared = Prepared(Document(report="rep-1", text=text), report=report)
    speech = read_speech(prepared, make_cast(prepared, ""))
    assert speech.speaker_at(Span(len(text) - 2, len(text))).name


@pytest.mark.parametrize("quotes", ["“{}”", '"{}"', "«{}»", "„{}“", "‘{}’"])
def test_a_quotation_in_any_marks_is_the_speakers(quotes: str) -> None:
    quoted = quotes.format("we lost 5,000 records in all")
    assert _speaker(f"Acme Foods said: {quoted}", "5,000", _report()) == VICTIM
    assert _speaker(f"{quoted}, said Acme Foods.", "5,000", _report()) == VICTIM


SAME_PARTY = [
    ("Medibank said it was hacked. Medibank Private said 5,000 were hit.", "Medibank Private"),
    ("Redfern told us that 5,000 were hit. We have fined Redfern Travel.", "Redfern Travel"),
]


@pytest.mark.parametrize(("text", "name"), SAME_PARTY)
def test_a_party_under_two_names_is_one(text: str, name: str) -> None:
    prepared = Prepared(Document(report="rep-1", text=text), report=_report())
    speech = read_speech(prepared, make_cast(prepared, ""))
    at = text.index("5,000")
    assert speech.speaker_at(Span(at, at + 5)) == Speaker(name, Role.VICTIM)


def test_capitals_and_lines_broken_by_hand_change_nothing() -> None:
    assert _speaker("THE COMPANY SAID THAT 5,000 RECORDS WERE TAKEN.", "5,000", _report()) == VICTIM
    text = (
        "Its chief executive, Marta Kowal, told the reporters of three papers that 5,000 records were taken."
    )
    wrapped = textwrap.fill(text, 44)
    assert _speaker(wrapped, "5,000", _report()) == VICTIM


def test_whoever_was_introduced_with_a_post_keeps_speaking_for_the_organisation() -> None:
    text = "“We are sorry,” said Marta Kowal, chief executive of Acme Foods. Kowal said that 5,000 were hit."
    assert _speaker(text, "5,000", _report()) == VICTIM


def test_without_a_victim_the_one_who_admits_it_is_the_victim() -> None:
    text = "Zenith confirmed a theft. The company said that 5,000 names went."
    prepared = Prepared(Document(report="rep-1", text=text), report=_report())
    speech = read_speech(prepared, make_cast(prepared, ""))
    assert speech.speaker_at(Span(text.index("5,000"), len(text))) == Speaker("Zenith", Role.VICTIM)


def test_a_site_under_several_words_is_one_party() -> None:
    text = (
        "The site claims 5,000. The site says more. The people behind the page say 7,000, the website says."
    )
    prepared = Prepared(Document(report="rep-1", text=text), report=_report())
    speech = read_speech(prepared, make_cast(prepared, "Acme Foods"))
    places = (text.index("5,000"), text.index("7,000"))
    assert {speech.speaker_at(Span(at, at + 5)) for at in places} == {Speaker("the site", Role.ACTOR)}
