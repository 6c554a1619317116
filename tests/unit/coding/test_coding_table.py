"""What `code` makes of readings: signed claims with speaker, stance, tier and words."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.coding import CODERS, Prepared, Reading, code
from incidex.model import Claim, Document, Report, Role, Source, Span, Stance, Tier

CIPHR = Report(sha256="1" * 64, source=Source(name="Acme Foods (statement, retold)", role=Role.VICTIM))
PRESS = Report(sha256="2" * 64, source=Source(name="The Morning Wire"), published="2024-02-03")


def _claims(text: str, report: Report | None = None) -> list[Claim]:
    return [
        claim for coded in code(Document(report="rep-1", text=text), report=report) for claim in coded.claims
    ]


def _said(text: str, field: str, report: Report | None = None) -> set[tuple[str, str, str, str]]:
    found = [claim for claim in _claims(text, report) if claim.field == field]
    return {(claim.value, claim.stance, claim.speaker.name, claim.speaker.role) for claim in found}


ACCUSED = [
    (
        "Acme Foods confirmed a breach. The company blamed its rival Zenith for the breach at Acme Foods.",
        {("Zenith", "asserts", "Acme Foods", "victim")},
    ),
    (
        "Acme Foods confirmed a breach at Acme Foods. Zenith denied that it was involved.",
        {("Zenith", "denies", "Zenith", "named party")},
    ),
    (
        (
            "Acme Foods confirmed a breach. It accused a competitor, Zenith, of the attack on Acme Foods. "
            "Zenith denied the accusation."
        ),
        {("Zenith", "asserts", "Acme Foods", "victim"), ("Zenith", "denies", "Zenith", "named party")},
    ),
    (
        "Acme Foods suffered an attack. Nightowl claimed responsibility for the attack on Acme Foods.",
        {("Nightowl", "asserts", "Nightowl", "actor")},
    ),
    (
        "Acme Foods confirmed a breach. The breach at Acme Foods was the work of Nightowl.",
        {("Nightowl", "asserts", "publisher", "press")},
    ),
    ("Acme Foods confirmed a breach at Acme Foods. It blamed Acme Foods.", set()),
]


@pytest.mark.parametrize(("text", "said"), ACCUSED)
def test_blame_and_its_denial_have_their_speakers(text: str, said: set[tuple[str, str, str, str]]) -> None:
    assert _said(text, "actor.name") == said


def test_a_state_that_denies_is_a_country_and_no_name() -> None:
    text = "Acme Foods confirmed a breach at Acme Foods. China denied any involvement."
    assert _said(text, "actor.country") == {("CN", "denies", "China", "authority")}
    assert _said(text, "actor.name") == set()


def test_a_party_that_publishes_speaks_under_the_name_that_others_give_it() -> None:
    text = "Acme Foods was hacked. Our rival Zenith published this list in order to harm Acme Foods."
    assert _said(text, "actor.name", CIPHR) == {("Zenith", "asserts", "Acme Foods", "victim")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Back up your files every day, and test the copies.",
        "Ransomware locks the files of a firm. Keep your copies apart, and test them every week.",
        "In a survey of 1,200 small firms, 40% said that they reuse passwords.",
    ],
)
def test_a_text_without_an_incident_gives_none(text: str) -> None:
    assert code(Document(report="rep-1", text=text)) == ()


def test_an_event_without_a_named_victim_is_still_an_incident() -> None:
    assert code(Document(report="rep-1", text="An unencrypted laptop was stolen from an employee's car."))


def test_a_denial_does_not_reach_the_circumstances() -> None:
    text = "Acme Foods confirmed a breach. Acme Foods said that no customer passwords were taken."
    assert _said(text, "data.class") == {("Passwords", "denies", "Acme Foods", "victim")}
    assert "denies" not in {stance for _, stance, _, _ in _said(text, "data.subject")}


def _reader(*readings: Reading) -> Iterator[tuple[str, str]]:
    """Return what `code` keeps of readings of a text of capital letters."""
    document = Document(report="rep-1", text="Acme Foods confirmed a breach. CVE-2021-44228 was used.")
    coded = code(document, report=PRESS, coders={"probe@1": lambda _: readings})
    yield from ((claim.field, claim.value) for each in coded for claim in each.claims)


def test_a_reading_that_the_codebook_refuses_makes_no_claim() -> None:
    victim = Reading(field="victim.name", value="Acme Foods", span=Span(0, 10), confidence=0.95)
    wrong = Reading(field="vulnerability", value="CVE-nonsense", span=Span(31, 45))
    unknown = Reading(field="no.such.field", value="x", span=Span(31, 45))
    assert list(_reader(victim, wrong, unknown)) == [("victim.name", "Acme Foods")]


def test_values_are_made_canonical() -> None:
    victim = Reading(field="victim.name", value=" Acme  Foods ", span=Span(0, 10), confidence=0.95)
    lower = Reading(field="vulnerability", value="cve-2021-44228", span=Span(31, 45))
    assert ("vulnerability", "CVE-2021-44228") in set(_reader(victim, lower))
    assert ("victim.name", "Acme Foods") in set(_reader(victim, lower))


def test_of_two_readings_that_say_the_same_the_surer_stands() -> None:
    document = Document(report="rep-1", text="Acme Foods confirmed a breach.")
    low, high = (
        Reading(field="victim.name", value="Acme Foods", span=Span(0, end), confidence=sure)
        for end, sure in ((10, 0.4), (4, 0.8))
    )
    (coded,) = code(document, coders={"probe@1": lambda _: (low, high)})
    assert [claim.confidence for claim in coded.claims] == [0.8]


def test_a_claim_is_no_more_public_than_its_report() -> None:
    report = Report(sha256="3" * 64, source=Source(name="Members' list"), tier=Tier.AMBER)
    claims = _claims("Acme Foods has confirmed a breach of its servers.", report)
    assert claims
    assert {claim.tier for claim in claims} == {Tier.AMBER}


_PARTS = st.sampled_from(
    [
        "Acme Foods ",
        "said that ",
        "a breach ",
        "denied ",
        "no ",
        "5,000 records ",
        ". ",
        "“",
        "” ",
        "\n\n",
        "if ",
        "Zenith was behind ",
    ]
)


@given(st.lists(_PARTS | st.text(max_size=12), max_size=40).map("".join))
def test_any_text_gives_the_same_claims_twice_and_each_quotes_it(text: str) -> None:
    claims = _claims(text)
    assert claims == _claims(text)
    assert all(claim.evidence is not None and claim.evidence.is_verbatim_in(text) for claim in claims)
    keys = [(claim.field, claim.value, claim.speaker, claim.stance) for claim in claims]
    assert len(keys) == len(set(keys))
    assert all(claim.coder in CODERS and claim.stance in Stance for claim in claims)


def test_coders_are_named_with_their_version() -> None:
    assert all(name.rpartition("@")[2].isdigit() for name in CODERS)
    assert all(
        isinstance(list(coder(Prepared(Document(report="r", text="")))), list) for coder in CODERS.values()
    )
