from collections.abc import Callable, Iterable

import pytest

from incidex.codebook import check_value
from incidex.coding import cues
from incidex.coding.base import Prepared, Reading
from incidex.model import Document

TABLES = ["action", "impact", "motive", "actor", "asset", "discovery", "response", "subject"]
Read = Callable[[Prepared], Iterable[Reading]]


def read(coder: Read, text: str) -> set[tuple[str, str]]:
    readings = list(coder(Prepared(Document(report="rep-1", text=text))))
    assert all(each.span.within(text).strip() for each in readings)
    return {(each.field, each.value) for each in readings}


@pytest.mark.parametrize("table", TABLES)
def test_every_value_in_the_tables_is_one_that_the_codebook_allows(table: str) -> None:
    for field, value, confidence, words in cues.read_rows(table):
        assert check_value(field, value) == value
        assert 0 < float(confidence) < 1
        for cue in words.split("|"):
            assert cue == cue.lower().strip()
            assert cue
            assert cue.count("~") <= 1


@pytest.mark.parametrize(
    ("coder", "text", "expected"),
    [
        (cues.read_action, "Ransomware locked the files.", ("action", "malware")),
        (cues.read_action, "Ransomware locked the files.", ("action.variety", "Ransomware")),
        (cues.read_action, "A laptop was stolen from a car.", ("action", "physical")),
        (cues.read_action, "Staff clicked in a phishing e-mail.", ("action", "social")),
        (cues.read_action, "Letters went to the wrong address.", ("action.variety", "Misdelivery")),
        (cues.read_action, "They used SQL injection.", ("action.variety", "SQLi")),
        (cues.read_impact, "All data had been accessed.", ("impact", "confidentiality")),
        (cues.read_impact, "The site was defaced.", ("impact", "integrity")),
        (cues.read_impact, "A DDoS attack followed.", ("impact", "availability")),
        (cues.read_motive, "They demanded a ransom.", ("actor.motive", "Financial")),
        (cues.read_actor, "A former employee did it.", ("actor.variety", "Former employee")),
        (cues.read_asset, "All of its servers are compromised.", ("asset.variety", "S - Unknown")),
        (
            cues.read_discovery,
            "Staff arriving found a note.",
            ("discovery.method", "Internal - Reported by employee"),
        ),
        (cues.read_response, "It offers credit monitoring.", ("response", "credit monitoring")),
        (cues.read_response, "It promised replacement phones.", ("response", "devices replaced")),
        (cues.read_security, "The firm confirmed a breach.", ("security_incident", "Confirmed")),
        (cues.read_security, "It looks into a possible breach.", ("security_incident", "Suspected")),
        (cues.read_security, "The attempt was unsuccessful.", ("security_incident", "Near miss")),
        (cues.read_security, "It was a false alarm.", ("security_incident", "False positive")),
        (cues.read_subject, "It holds data of patients.", ("data.subject", "Patient")),
        (cues.read_subject, "It lost bank account numbers.", ("data.variety", "Bank")),
    ],
)
def test_a_cue_says_its_value(coder: Read, text: str, expected: tuple[str, str]) -> None:
    assert expected in read(coder, text)


def test_a_pair_needs_both_words_in_one_sentence() -> None:
    assert ("action", "physical") not in read(
        cues.read_action, "He bought a laptop. Later his wine was stolen."
    )


def test_the_span_covers_the_whole_pair() -> None:
    text = "All of its servers are compromised."
    spans = [each.span.within(text) for each in cues.read_asset(Prepared(Document(report="r", text=text)))]
    assert spans == ["All of its servers"]


def test_plain_prose_says_nothing() -> None:
    text = "The museum opens at nine. Tickets are sold at the door, and the garden is free."
    for table in TABLES:
        assert not list(cues.load_cues(table).read(Prepared(Document(report="r", text=text))))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("This was not a security breach.", ("Confirmed", "denies")),
        ("We are looking into a possible data breach.", ("Suspected", "asserts")),
        ("The company confirmed the attack.", ("Confirmed", "")),
    ],
)
def test_a_doubt_whether_it_happened_is_a_value_and_a_denial_is_a_denial(
    text: str, said: tuple[str, str]
) -> None:
    (reading,) = cues.read_security(Prepared(Document(report="r", text=text)))
    assert (reading.value, reading.stance) == said
