"""The encoder: what it reads, on what words, and that its numbers are those of its layers."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.codebook import check_value
from incidex.coding import ENCODED, code
from incidex.coding.encoder import (
    NAME,
    SHARE,
    cut_lead,
    load_blend,
    make_blend,
    read_blend,
    read_encoder,
    weigh,
)
from incidex.coding.encoder_model import (
    LAYER_STEPS,
    MOST,
    VECTOR_STEPS,
    Encoder,
    dump_encoder,
    encode,
    load_encoder,
    parse_encoder,
)
from incidex.coding.encoder_words import FIRST, LAST, UNKNOWN, Pieces
from incidex.coding.linear import LEAST_DROP, read_linear
from incidex.coding.linear_model import Label, load_model
from incidex.model import DamageError, Document, Stance
from tests.unit.coding.told import TEXTS, prepared

SMALL = Pieces((UNKNOWN, FIRST, LAST, "data", "leak", "##s", "##ed", "cafe", "l", "##e", ","))


def names(pieces: Pieces, text: str) -> list[str]:
    return [pieces.names[piece.number] for piece in pieces.cut(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Data leaks", ["data", "leak", "##s"]),
        ("leaked,data", ["leak", "##ed", ",", "data"]),
        ("Café", ["cafe"]),
        ("leakz LE", [UNKNOWN, "l", "##e"]),
        ("leak" * 20, [UNKNOWN]),
        (" \n\t", []),
    ],
)
def test_words_are_cut_into_the_longest_pieces(text: str, found: list[str]) -> None:
    assert names(SMALL, text) == found
    assert names(SMALL, text) == found, "what is remembered is the same"


@given(st.text())
def test_every_piece_stands_in_the_text_and_they_stand_in_order(text: str) -> None:
    pieces = list(SMALL.cut(text, start=7))
    assert all(0 <= piece.start - 7 < piece.end - 7 <= len(text) for piece in pieces)
    assert all(one.start == two.start or one.end <= two.start for one, two in pairwise(pieces))


def small_encoder() -> Encoder:
    """Return two layers of chance numbers, with the labels of the model that ships."""
    chance = np.random.default_rng(3)
    width, inner, labels = 24, 48, load_model().settings.labels
    shapes = {
        "word": (len(SMALL.names), width),
        "place": (MOST, width),
        "norm.weight": (width,),
        "norm.bias": (width,),
        "ask": (len(labels), width),
        "say": (len(labels), width),
        "bias": (len(labels),),
    }
    for layer in range(2):
        for name, (out, into) in {
            "qkv": (3 * width, width),
            "out": (width, width),
            "up": (inner, width),
            "down": (width, inner),
        }.items():
            shapes |= {f"{layer}.{name}.weight": (out, into), f"{layer}.{name}.bias": (out,)}
        for name in ("norm1", "norm2"):
            shapes |= {f"{layer}.{name}.weight": (width,), f"{layer}.{name}.bias": (width,)}
    arrays = {name: chance.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    return Encoder(SMALL, arrays, load_model().settings)


def test_an_encoder_is_read_as_it_was_written_but_for_the_rounding() -> None:
    encoder = small_encoder()
    again = parse_encoder(dump_encoder(encoder))
    assert again.settings == encoder.settings
    assert again.pieces.names == SMALL.names
    for name, array in encoder.arrays.items():
        step = np.abs(array).max(axis=-1, keepdims=True) / (VECTOR_STEPS if name == "word" else LAYER_STEPS)
        least = step / 2 + 1e-6 if array.ndim == 2 else 0
        assert np.all(np.abs(again.arrays[name] - array) <= least), name
    assert dump_encoder(again) == dump_encoder(parse_encoder(dump_encoder(again)))


def test_another_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.coding.encoder_model.FORMAT", 2)
    content = dump_encoder(small_encoder())
    monkeypatch.undo()
    with pytest.raises(DamageError, match="format 2"):
        parse_encoder(content)


def test_scores_are_the_sum_of_what_the_pieces_add() -> None:
    encoder = small_encoder()
    numbers = SMALL.enclose([piece.number for piece in SMALL.cut("Data leaks, leaked café")])
    shares = encoder.weigh(numbers)
    assert shares.shape == (len(numbers), len(encoder.labels))
    assert np.allclose(shares.sum(axis=0) + encoder.arrays["bias"], encoder.score(numbers), atol=1e-5)
    hidden = encode(encoder.arrays, encoder.layers, np.array(numbers))
    asked = np.exp(hidden @ encoder.arrays["ask"].T)
    asked /= asked.sum(axis=0)
    by_hand = (asked * (hidden @ encoder.arrays["say"].T)).sum(axis=0)
    assert np.allclose(by_hand, shares.sum(axis=0), atol=1e-4)


def test_the_order_of_words_counts() -> None:
    encoder = small_encoder()
    one, two = ([*SMALL.enclose(order)] for order in ([3, 4, 5], [5, 4, 3]))
    assert not np.allclose(encoder.score(one), encoder.score(two))


def odds(text: str) -> dict[Label, float]:
    blend = load_blend()
    return dict(zip(blend.model.labels, weigh(blend, prepared(text)).scores.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (TEXTS[0], "action", "hacking"),
        (TEXTS[0], "actor.role", "external"),
        (TEXTS[0], "data.variety", "Payment"),
        (TEXTS[0], "impact", "confidentiality"),
        (TEXTS[1], "action.variety", "Theft"),
        (TEXTS[1], "victim.industry", "62"),
        (TEXTS[2], "action.variety", "Misdelivery"),
        (TEXTS[3], "actor.motive", "Ideology"),
        (TEXTS[4], "action", "misuse"),
    ],
)
def test_reads_what_happened(text: str, field: str, value: str) -> None:
    assert (field, value) in {(each.field, each.value[:20]) for each in read_encoder(prepared(text))}


@pytest.mark.parametrize("text", TEXTS)
def test_removing_the_passage_lowers_the_odds_of_what_it_is_quoted_for(text: str) -> None:
    before = odds(text)
    readings = list(read_encoder(prepared(text)))
    assert readings
    for reading in readings:
        quote = reading.span.within(text)
        assert quote.strip() == quote != ""
        label = Label(
            reading.field, reading.value[:2] if reading.field == "victim.industry" else reading.value
        )
        after = odds(text.replace(quote, "", 1))
        assert after[label] <= before[label] - LEAST_DROP / 2, (label, quote)
        check_value(reading.field, reading.value)
        assert 0 < reading.confidence < 1


def test_what_is_denied_is_not_said() -> None:
    text = "Zenith said that no payment data was taken. The clinic of Zenith lost a laptop."
    said = {(each.field, each.value) for each in read_encoder(prepared(text)) if each.stance != Stance.DOUBTS}
    assert ("data.variety", "Payment") not in said


def test_the_log_odds_are_the_mean_of_both_models() -> None:
    blend, text = load_blend(), prepared(TEXTS[0])
    linear, _ = blend.model.weigh(blend.model.words.find(text))
    pieces = [
        piece.number
        for span in text.sentences
        for piece in blend.encoder.pieces.cut(text.text[span.start : span.end])
    ]
    own = blend.encoder.score(blend.encoder.pieces.enclose(pieces))
    mean = linear[blend.ours] * (1 - SHARE) + own[blend.theirs] * SHARE
    assert np.allclose(weigh(blend, text).scores[blend.ours], mean, atol=1e-4)


def test_a_label_that_the_encoder_does_not_know_is_the_linear_models() -> None:
    encoder, model, text = small_encoder(), load_model(), prepared("Data leaks, leaked data.")
    few = {name: encoder.arrays[name][:3] for name in ("ask", "say", "bias")}
    known = msgspec.structs.replace(encoder.settings, labels=encoder.settings.labels[:3])
    blend = make_blend(Encoder(SMALL, {**encoder.arrays, **few}, known), model)
    linear, _ = model.weigh(model.words.find(text))
    scores = weigh(blend, text).scores
    assert np.allclose(scores[3:], linear[3:])
    assert not np.allclose(scores[:3], linear[:3])


def test_claims_are_signed_and_each_stands_in_the_text() -> None:
    document = Document(report="r", text=TEXTS[0])
    claims = [claim for coded in code(document, coders=ENCODED) for claim in coded.claims]
    coders = {claim.coder for claim in claims}
    assert NAME in coders
    assert "linear@4" not in coders
    for claim in claims:
        assert claim.evidence is not None
        assert claim.evidence.span.within(document.text) == claim.evidence.quote


def test_only_the_lead_is_read_however_long_the_text() -> None:
    text = " ".join(["The company sells shoes in many shops of the land."] * 400)
    encoder = load_encoder()
    assert len(cut_lead(encoder, prepared(text))) == MOST - 2


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    blend = load_blend()
    for reading in read_blend(blend, prepared(text)):
        assert reading.span.within(text)


def test_the_kind_of_actor_is_the_linear_models() -> None:
    blend, text = load_blend(), prepared("Anonymous claimed the attack on the ministry of Veldmark.")
    linear, _ = blend.model.weigh(blend.model.words.find(text))
    columns = blend.model.columns["actor.variety"]
    assert np.array_equal(weigh(blend, text).scores[columns], linear[columns])
    assert blend.model.settings.curves["actor.variety"] == load_model().settings.curves["actor.variety"]
    own = {(one.value, one.span) for one in read_linear(text) if one.field == "actor.variety"}
    assert own == {(one.value, one.span) for one in read_encoder(text) if one.field == "actor.variety"}
    assert own
