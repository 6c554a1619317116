"""A composed summary states no claim as a fact: every sentence has its speakers, and no denial is lost."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import policy
from incidex.codebook.summary import LONGEST, Sentence, make_sentences, make_summary, tell_reports
from incidex.model import Claim, Incident, Stance, Tier, fold
from tests.factories import claimed, linked, make_claim, make_history, make_report

FIELDS = (
    "victim.name",
    "data.class",
    "impact",
    "actor.name",
    "victim.country",
    "date.occurred",
    "title",
    "malware",
)
VALUES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "2020-01")
SPEAKERS = ("Acme", "the site", "SkySecure", "Mallory")


def claims() -> st.SearchStrategy[list[Claim]]:
    one = st.builds(
        make_claim,
        st.sampled_from(VALUES),
        field=st.sampled_from(FIELDS),
        speaker=st.sampled_from(SPEAKERS),
        stance=st.sampled_from(list(Stance)),
        tier=st.sampled_from(list(Tier)),
    )
    return st.lists(one, max_size=30)


def add_up(made: list[Claim], tier: Tier) -> Incident | None:
    history = make_history(linked(make_report()), *([claimed(*made)] if made else []))
    return fold(history, tier=tier, policy=policy())


def all_sentences(incident: Incident) -> Iterator[Sentence]:
    yield from make_sentences(incident)
    for _, sentences in tell_reports(incident):
        yield from sentences


@given(claims(), st.sampled_from(list(Tier)))
def test_every_sentence_begins_with_who_says_it(made: list[Claim], tier: Tier) -> None:
    incident = add_up(made, tier)
    assert incident is not None
    for sentence in all_sentences(incident):
        speakers = {claim.speaker.name for claim in sentence.claims}
        assert set(sentence.speakers) == speakers
        assert sentence.text.casefold().startswith(sentence.speakers[0].casefold())
        assert any(
            verb in sentence.text for verb in (" said that ", " denied that ", " could not say whether ")
        )


@given(claims(), st.sampled_from(list(Tier)))
def test_no_denial_and_no_doubt_is_left_out(made: list[Claim], tier: Tier) -> None:
    incident = add_up(made, tier)
    assert incident is not None
    against = {claim.id for claim in incident.claims if claim.stance is not Stance.ASSERTS}
    told = [each for each in make_sentences(incident) if each.disagrees]
    assert against <= {claim.id for sentence in told for claim in sentence.claims}
    for sentence in told:
        denying = {claim.speaker.name for claim in sentence.claims if claim.stance is Stance.DENIES}
        assert not denying or "denied" in sentence.text
        for claim in sentence.claims:
            if claim.stance is not Stance.ASSERTS and claim.field == "malware":
                assert claim.value in sentence.text
    assert sum(not each.disagrees for each in make_sentences(incident)) <= LONGEST


@given(claims(), st.sampled_from(list(Tier)))
def test_a_summary_knows_no_claim_above_its_tier(made: list[Claim], tier: Tier) -> None:
    incident = add_up(made, tier)
    without = add_up([claim for claim in made if claim.tier <= tier], tier)
    assert incident is not None
    assert without is not None
    assert make_summary(incident) == make_summary(without)
    assert all(claim.tier <= tier for sentence in all_sentences(incident) for claim in sentence.claims)
