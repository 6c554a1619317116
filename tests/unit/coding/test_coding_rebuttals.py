"""Denials that only point back: whose they are, and what they deny."""

import pytest

from incidex.coding import code
from incidex.model import Document, Stance

ASSERTED = "Hackers say they stole 40,000 customer records from Norvik Steel."


def denied(text: str) -> set[tuple[str, str]]:
    """Return the fields that are denied by words that point back, and who denies them."""
    return {
        (claim.speaker.name, claim.field)
        for coded in code(Document(report="r", text=text))
        for claim in coded.claims
        if claim.coder == "rebuttals@1" and claim.stance is Stance.DENIES
    }


@pytest.mark.parametrize(
    "words",
    [
        "Norvik Steel says it is fake news.",
        "Norvik Steel called the report baseless.",
        "Norvik Steel denied this.",
        "“Nothing of the sort happened,” said Norvik Steel.",
        "Norvik Steel said that the data is not from its systems.",
        "Norvik Steel said there had been no breach.",
        "Norvik Steel said the claim was false.",
    ],
)
def test_words_that_point_back_deny_what_was_said_before(words: str) -> None:
    found = denied(f"{ASSERTED} {words}")
    assert {("Norvik Steel", "data.records"), ("Norvik Steel", "impact")} <= found
    assert {who for who, _ in found} == {"Norvik Steel"}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Norvik Steel said it is true.", id="no-denial"),
        pytest.param("Norvik Steel denied that it was slow to react.", id="of-something-else"),
        pytest.param("Norvik Steel said there was no breach of its web shop.", id="of-another-part"),
        pytest.param("Carria rejected the accusation.", id="of-guilt"),
        pytest.param("It is fake news.", id="nobody-says-so"),
    ],
)
def test_other_words_leave_it_asserted(words: str) -> None:
    assert denied(f"{ASSERTED} {words}") == set()


def test_a_denial_rests_on_its_own_words() -> None:
    text = f"{ASSERTED} Norvik Steel says it is fake news."
    quotes = {
        claim.evidence.quote
        for coded in code(Document(report="r", text=text))
        for claim in coded.claims
        if claim.coder == "rebuttals@1" and claim.evidence
    }
    assert quotes == {"Norvik Steel says it is fake news."}


def test_whoever_was_struck_denies_it_without_a_name() -> None:
    text = (
        "A group says it broke into the tax office and took 2,000 files. The tax office rejected the claim."
    )
    assert {who for who, _ in denied(text)} == {"the tax office"}


def test_what_a_post_says_is_not_said_by_whoever_denies_it() -> None:
    text = (
        "A forum post says that 3 million passwords of Wavely were stolen. That did not happen, Wavely said."
    )
    assert ("Wavely", "data.class") in denied(text)
