"""The quick way to read claims says what the general way says, word for word."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Claim, Claimed, EvidenceError, NoEvidence, Role, Stance, Tier
from incidex.store import codec
from incidex.store.claimed import make_claimed, parse_claims
from tests.factories import make_change, make_claim

words = st.text(min_size=1, max_size=20).filter(str.strip)
quoted = st.builds(
    make_claim,
    words,
    field=st.sampled_from(["data.class", "summary", "title", "victim.name"]),
    speaker=st.text(max_size=8),
    role=st.sampled_from(Role),
    stance=st.sampled_from(Stance),
    tier=st.sampled_from(Tier),
    quote=words,
    start=st.integers(0, 10**9),
    confidence=st.floats(0, 1),
)
noted = st.builds(
    lambda claim, why, reason: replace(claim, evidence=None, no_evidence=reason, why=why),
    quoted,
    st.text(max_size=8),
    st.sampled_from(NoEvidence),
)
claims = st.lists(st.one_of(quoted, noted), max_size=6)


def both_ways(made: list[Claim], *, words_are_there: bool) -> tuple[object, object]:
    line, blobs = codec.encode(make_change(Claimed(tuple(made)), 1))
    held: Mapping[str, bytes] = blobs if words_are_there else {}
    quick = parse_claims(line.body)
    assert quick is not None
    return make_claimed(quick, held), codec._fill(line, codec.parse(line), held)


@given(made=claims, words_are_there=st.booleans())
def test_both_ways_say_the_same(made: list[Claim], *, words_are_there: bool) -> None:
    quick, general = both_ways(made, words_are_there=words_are_there)
    assert quick == general
    assert isinstance(quick, Claimed)
    assert [claim.id for claim in quick.claims] == [claim.id for claim in made]
    if words_are_there:
        assert quick == Claimed(tuple(made))


def test_the_quick_way_sets_every_member_in_order_and_checks_them_all() -> None:
    quick, _ = both_ways([make_claim()], words_are_there=True)
    assert isinstance(quick, Claimed)
    assert list(vars(quick.claims[0])) == [*vars(make_claim()), "id"]
    line, blobs = codec.encode(make_change(Claimed((make_claim(),)), 1))
    wrong = line._replace(body=line.body.replace('"confidence":0.9', '"confidence":7.0'))
    with pytest.raises(EvidenceError, match="confidence is a probability"):
        codec.decode([wrong], lambda names: {name: blobs[name] for name in names})


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", "█"])
def test_odd_characters_are_read_back_either_way(value: str) -> None:
    change = make_change(Claimed((make_claim(value, quote="\udfff x"),)), 1)
    line, blobs = codec.encode(change)
    (read,) = codec.decode([line], lambda names: {name: blobs[name] for name in names})
    assert read.body == change.body
