"""A row in the making: what the codebook knows becomes a claim, everything else an issue."""

import pytest

from incidex.exchange import Draft, Refused, Row
from incidex.exchange.rows import MOST_CLAIMS
from incidex.model import LimitError, NoEvidence, Report, Role, Source, Speaker, Stance, Tier

REPORT = Report(sha256="", source=Source(name="The register", role=Role.AUTHORITY), licence="CC-BY-4.0")


def make_draft(*, tier: Tier = Tier.CLEAR) -> Draft:
    report = Report(sha256="", source=REPORT.source, licence="CC-BY-4.0", tier=tier)
    return Draft(2, b'{"name": "Acme"}', report, "register@1")


def made(draft: Draft) -> Row:
    row = draft.row()
    assert isinstance(row, Row)
    return row


def test_a_value_becomes_a_claim_of_the_source_that_quotes_nothing() -> None:
    draft = make_draft()
    draft.say("victim.name", "Acme", "name")
    (claim,) = made(draft).claims
    assert (claim.value, claim.no_evidence, claim.coder) == ("Acme", NoEvidence.IMPORTED, "register@1")
    assert claim.speaker == Speaker("The register", Role.AUTHORITY)


def test_the_row_is_kept_byte_for_byte_with_its_licence() -> None:
    draft = make_draft()
    draft.say("victim.name", "Acme", "name")
    row = made(draft)
    assert (row.raw, row.report.licence) == (b'{"name": "Acme"}', "CC-BY-4.0")
    assert row.report.id == row.claims[0].report == row.document.report


def test_an_unknown_value_is_an_issue_with_its_row_and_column() -> None:
    draft = make_draft()
    draft.say("victim.name", "Acme", "name")
    draft.say("victim.country", "Atlantis", "land")
    (issue,) = made(draft).issues
    assert (issue.row, issue.column, issue.value) == (2, "land", "Atlantis")
    assert "victim.country" in issue.problem


def test_a_row_that_says_nothing_is_refused() -> None:
    assert isinstance(make_draft().row(), Refused)


def test_a_claim_is_never_lower_than_its_row_or_its_field() -> None:
    draft = make_draft(tier=Tier.AMBER)
    draft.say("victim.name", "Acme", "name")
    assert made(draft).claims[0].tier is Tier.AMBER
    public = make_draft()
    public.say("actor.motive", "Financial", "why", stance=Stance.DENIES)
    assert made(public).claims[0].tier is Tier.GREEN


def test_prose_is_the_text_and_without_any_the_values_are() -> None:
    draft = make_draft()
    draft.say("victim.name", "Acme", "name")
    assert made(draft).document.text == "victim.name: Acme"
    draft.tell(" It was breached. ")
    assert made(draft).document.text == "It was breached."


def test_a_row_of_endless_values_is_stopped() -> None:
    draft = make_draft()
    for number in range(MOST_CLAIMS):
        draft.say("data.records", str(number), "count")
    with pytest.raises(LimitError, match="more than 5,000 values"):
        draft.say("data.records", "5001", "count")
