"""Reports of several incidents, and other incidents that a report only mentions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.coding import Prepared, code
from incidex.coding.background import find_background, mask
from incidex.coding.segments import split_report
from incidex.model import Document, Span

LISTS = [
    (
        "This week:\n\n- Acme Foods: 5,000 names were stolen.\n- Zenith Bank: a laptop was stolen.",
        ["Acme Foods", "Zenith Bank"],
    ),
    (
        "Breaches\n\nAcme Foods. A server was hacked.\n\nZenith Bank. Letters went to the wrong address.",
        ["Acme Foods", "Zenith Bank"],
    ),
    (
        "Acme Foods says hackers stole 5,000 names. Separately, Zenith Bank lost a tape of backups.",
        ["Acme Foods", "Zenith Bank"],
    ),
    (
        "## Acme Foods hit by ransomware\nServers are dead.\n\n## Clerk at Zenith Bank stole names\nHe went.",
        ["Acme Foods", "Zenith Bank"],
    ),
    (
        "Reported to this office in May. Acme Foods: 300 residents, theft. Zenith Bank: 20 people, a hack.",
        ["Acme Foods", "Zenith Bank"],
    ),
]
SINGLE = [
    "Acme Foods was hacked. Meanwhile, Acme Foods said that names were stolen.",
    "Acme Foods was hacked.\n\nDetails: names were stolen.\n\nSource: the police.",
    "The provider Acme Foods was hacked. Customers:\n- Zenith Bank: names stolen\n- Lumen: names stolen",
    "Acme Foods was hacked.\n\n“We are sorry,” it said.\n\nThe police are looking into the theft.",
    "Acme Foods was hacked. Names were stolen.",
    "",
]


def _prepared(text: str, published: str = "") -> Prepared:
    return Prepared(Document(report="rep-1", text=text), published)


@pytest.mark.parametrize(("text", "victims"), LISTS)
def test_each_item_with_a_victim_of_its_own_is_an_incident(text: str, victims: list[str]) -> None:
    assert [segment.victim for segment in split_report(_prepared(text))] == victims
    coded = code(Document(report="rep-1", text=text))
    assert [one.claims[0].evidence is not None for one in coded] == [True, True]
    names = [{claim.value for claim in one.claims if claim.field == "victim.name"} for one in coded]
    assert names == [{victim} for victim in victims]


@pytest.mark.parametrize("text", SINGLE)
def test_one_story_in_several_paragraphs_is_one_incident(text: str) -> None:
    assert split_report(_prepared(text)) == ()


def test_the_chapters_of_a_long_study_are_no_incidents() -> None:
    chapter = "## {} steals names\nServers of Acme Foods were encrypted. " + "It was quiet after that. " * 60
    study = "\n\n".join(
        chapter.format(name) for name in ("Lateral Movement", "Dropbox Use", "Initial Access")
    )
    assert split_report(_prepared(study)) == ()
    assert split_report(_prepared("Weekly round-up\n\n" + LISTS[0][0] + "\n\n" + "It was quiet. " * 400))


def test_the_claims_of_a_passage_quote_the_report() -> None:
    text = LISTS[0][0]
    claims = [claim for one in code(Document(report="rep-1", text=text)) for claim in one.claims]
    assert claims
    assert all(claim.evidence is not None and claim.evidence.is_verbatim_in(text) for claim in claims)


NEWS = "Acme Foods was hacked in May 2023 and 5,000 names were stolen. "
BACKGROUND = [
    "The attack recalls the one on Zenith Bank in 2017, when 900 credit cards were stolen.",
    "In 2016, Acme Foods lost 900 cards when a server was hacked.",
    "It is not the first: in 2016, it lost 900 cards.",
    "A year earlier 900 cards had been stolen from Zenith Bank.",
    "There was a similar case at Zenith Bank, where 900 cards were stolen.",
    "Acme Foods was fined in 2012 for a leak of 900 cards.",
    "One of the men had already served time for a hack of Zenith Bank with 900 cards.",
]
NOT_BACKGROUND = [
    "The firm has hired experts to prevent similar attacks on 900 cards.",
    "In 2021 the attackers first got into the network, and 900 cards were seen.",
    "The attackers had copied 900 cards a week before they were noticed.",
    "Mr Lee does not recall the 900 cards.",
    "The server was not connected to the network with the 900 cards.",
    "Customers were told three months after the breach that 900 cards were taken.",
]


@pytest.mark.parametrize("sentence", BACKGROUND)
def test_an_older_or_other_incident_is_not_the_news(sentence: str) -> None:
    (span,) = find_background(_prepared(NEWS + sentence, "2023-06-01"))
    assert "900" in (NEWS + sentence)[span.start : span.end]


@pytest.mark.parametrize("sentence", NOT_BACKGROUND)
def test_what_happened_in_the_same_incident_is_the_news(sentence: str) -> None:
    assert find_background(_prepared(NEWS + sentence, "2023-06-01")) == ()


def test_what_leads_up_to_the_news_is_not_the_news() -> None:
    text = "A year after the attack on Zenith Bank, in which 900 went, another is hit. "
    text += "Acme Foods was hacked on Monday and names were stolen, it said."
    (span,) = find_background(_prepared(text))
    assert text[span.start : span.end].startswith("A year after")
    assert text[span.end :].startswith("another is hit")


def test_what_trails_the_news_is_not_the_news() -> None:
    text = (
        "Acme Foods was hit. Its files were copied, three months after its rival Zenith Bank lost 900 cards."
    )
    (span,) = find_background(_prepared(text))
    assert text[span.start : span.end].startswith("three months after")


def test_claims_of_the_background_are_not_made() -> None:
    text = NEWS + BACKGROUND[0]
    (coded,) = code(Document(report="rep-1", text=text, published="2023-06-01"))
    said = {(claim.field, claim.value) for claim in coded.claims}
    assert ("data.class", "Names") in said
    assert ("data.class", "Credit cards") not in said
    assert ("victim.name", "Zenith Bank") not in said
    assert all(claim.evidence is not None and claim.evidence.is_verbatim_in(text) for claim in coded.claims)


def test_a_text_that_would_be_all_background_is_the_news() -> None:
    text = "Short. " + BACKGROUND[0]
    assert find_background(_prepared(text)) == ()


@given(st.text(max_size=60), st.integers(0, 59), st.integers(1, 20))
def test_masking_moves_nothing(text: str, start: int, size: int) -> None:
    spans = (Span(start, start + size),) if start + size <= len(text) else ()
    masked = mask(text, spans)
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")
    assert all(one == other or one == " " for one, other in zip(masked, text, strict=True))


HOSTILE = [
    "- Acme Foods: stolen.\n" * 20_000,
    "Separately, Acme was hacked. " * 15_000,
    "A year after the attack on X, " * 15_000,
    "In 2016, Acme lost it. " * 20_000,
    "A | B " * 50_000,
    "Meanwhile, " * 40_000,
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_repetition_costs_no_more_than_its_length(text: str) -> None:
    prepared = _prepared(text)
    assert len(split_report(prepared)) <= 60
    find_background(prepared)
