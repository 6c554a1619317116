"""The learned model: what it says rests on passages that carry it."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import check_value
from incidex.coding.linear import LEAST_DROP, NAME, choose, read_linear, read_with
from incidex.coding.linear_model import (
    STORY,
    Curve,
    Label,
    Model,
    Settings,
    check_hash,
    dump_model,
    load_model,
    parse_model,
)
from incidex.coding.linear_words import Words, split_tokens
from incidex.coding.table import code
from incidex.model import DamageError, Document, Stance
from tests.unit.coding.told import TEXTS, prepared


def odds(text: str) -> dict[Label, float]:
    model = load_model()
    return dict(zip(model.labels, model.weigh(model.words.find(prepared(text)))[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (TEXTS[0], "action", "hacking"),
        (TEXTS[0], "actor.role", "external"),
        (TEXTS[0], "data.variety", "Payment"),
        (TEXTS[0], "impact", "confidentiality"),
        (TEXTS[1], "action", "physical"),
        (TEXTS[1], "action.variety", "Theft"),
        (TEXTS[2], "action", "error"),
        (TEXTS[2], "action.variety", "Misdelivery"),
        (TEXTS[3], "actor.variety", "Activist"),
        (TEXTS[3], "actor.motive", "Ideology"),
        (TEXTS[4], "action", "misuse"),
    ],
)
def test_reads_what_happened(text: str, field: str, value: str) -> None:
    assert (field, value) in {(each.field, each.value) for each in read_linear(prepared(text))}


@pytest.mark.parametrize("text", TEXTS)
def test_removing_the_passage_lowers_the_odds_of_what_it_is_quoted_for(text: str) -> None:
    before = odds(text)
    readings = list(read_linear(prepared(text)))
    assert readings
    for reading in readings:
        quote = text[reading.span.start : reading.span.end]
        assert quote
        assert quote.strip() == quote
        after = odds(text.replace(quote, "", 1))
        label = Label(reading.field, reading.value)
        assert after[label] <= before[label] - LEAST_DROP / 2, (label, quote)


@pytest.mark.parametrize("text", TEXTS)
def test_scores_without_a_sentence_are_those_of_the_text_without_it(text: str) -> None:
    model, whole = load_model(), prepared(text)
    found = model.words.find(whole)[0]
    columns = list(range(len(model.labels)))
    sums = model.add(found)
    drops = model.drop(found, sums, columns, model.share(found, sums, columns), len(whole.sentences))
    without = model.score(sums) - drops
    for number, span in enumerate(whole.sentences):
        rest = prepared(text[: span.start] + text[span.end :])
        assert np.allclose(without[number], model.score(model.add(model.words.find(rest)[0])), atol=1e-3)


def test_a_denied_passage_carries_nothing() -> None:
    said = {(each.field, each.value) for each in read_linear(prepared("No medical records were stolen."))}
    assert ("data.variety", "Medical") not in said


def test_says_the_same_twice_and_in_any_order_of_the_labels() -> None:
    model = load_model()
    fields = list(model.columns)
    order = [n for field in reversed(fields) for n in range(*model.columns[field].indices(len(model.labels)))]
    place = {old: new for new, old in enumerate(order)}
    shuffled = replace(
        model,
        weights=model.weights[:, order],
        word_scale=model.word_scale[order],
        cue_scale=model.cue_scale[order],
        bias=model.bias[order],
        settings=replace_settings(model, order, place),
    )
    for text in TEXTS:
        one, other = (sorted(read_with(each, prepared(text))) for each in (model, shuffled))
        assert one == other
        assert one == sorted(read_linear(prepared(text)))


def replace_settings(model: Model, order: list[int], place: dict[int, int]) -> Settings:
    settings = model.settings
    return msgspec.structs.replace(
        settings,
        labels=tuple(settings.labels[old] for old in order),
        implied=tuple((place[child], place[parent]) for child, parent in settings.implied),
    )


def test_every_label_is_in_the_codebooks_words() -> None:
    for label in load_model().labels:
        assert label == STORY or check_value(label.field, label.value) == label.value


def test_curves_do_not_fall_and_keep_within_what_can_be_known() -> None:
    for curve in load_model().settings.curves.values():
        assert list(curve.scores) == sorted(curve.scores)
        assert list(curve.shares) == sorted(curve.shares)
        assert curve.shares[0] >= 0
        assert curve.shares[-1] < 1


def test_what_implies_another_never_has_the_higher_confidence() -> None:
    model = load_model()
    for text in TEXTS:
        said = choose(model, model.weigh(model.words.find(prepared(text)))[0])
        for child, parent in model.settings.implied:
            assert child not in said or said.get(parent, 0) >= said[child]


def test_a_model_survives_its_file_and_a_changed_file_is_refused() -> None:
    model = load_model()
    content = dump_model(model)
    assert dump_model(parse_model(content)) == content
    assert len(content) < 6_000_000
    with pytest.raises(DamageError, match="not the one that the model card names"):
        check_hash(content, "0" * 64)


def test_a_curve_is_a_line_through_its_points() -> None:
    curve = Curve((-1.0, 1.0), (0.2, 0.8))
    assert curve(np.array([-9.0, 0.0, 9.0], np.float32)).tolist() == pytest.approx([0.2, 0.5, 0.8])


def test_numbers_are_one_word() -> None:
    assert split_tokens("in 2014, £9 of 3rd") == ["in", "0", "£", "0", "of", "0", "rd"]


def test_a_feature_in_two_sentences_stands_alone_in_none() -> None:
    words = Words(("data", "stolen"), np.empty(0, np.int64), ())
    (found,) = words.find(prepared("The data was stolen. The data was sold."))
    assert found.rows.tolist() == [0, 1]
    assert [int(found.rows[at]) for at in found.alone] == [1]
    assert found.sentence.tolist() == [0]


def test_a_long_text_is_read_by_its_lead_as_well() -> None:
    words = Words(("data", "stolen", "advice"), np.empty(0, np.int64), ())
    whole, lead = words.find(prepared("The data was stolen. " + f"Our advice goes on{' and on' * 30}. " * 9))
    assert whole.rows.tolist() == [0, 1, 2]
    assert lead.rows.tolist() == [0, 1, 2]
    assert [int(lead.rows[at]) for at in lead.alone] == [0, 1, 2]
    assert [int(whole.rows[at]) for at in whole.alone] == [0, 1]
    (short,) = words.find(prepared("The data was stolen."))
    assert short.rows.tolist() == [0, 1]


BREACH = "Hackers broke into the servers of Zenith Bank and stole the medical records of patients."
ADVICE = "Experts advise everybody to choose long passwords and to install updates as soon as they are out. "


def test_an_incident_told_first_is_read_whatever_advice_follows() -> None:
    alone = {(each.field, each.value) for each in read_linear(prepared(BREACH))}
    padded = {(each.field, each.value) for each in read_linear(prepared(f"{BREACH} {ADVICE * 12}"))}
    assert {("action", "hacking"), ("actor.role", "external"), ("data.subject", "Patient")} <= alone & padded


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    for reading in read_linear(prepared(text)):
        assert 0 <= reading.span.start < reading.span.end <= len(text)
        assert 0 < reading.confidence < 1


def test_a_long_text_takes_time_that_grows_with_it() -> None:
    readings = list(read_linear(prepared(" ".join(TEXTS) * 400)))
    assert all(reading.span.end - reading.span.start < 500 for reading in readings)


def test_claims_of_the_model_are_signed_quoted_and_asserted() -> None:
    (coded,) = code(Document(report="r", text=TEXTS[0]))
    claims = [claim for claim in coded.claims if claim.coder == NAME]
    assert claims
    for claim in claims:
        assert claim.stance is Stance.ASSERTS
        assert claim.evidence
        assert claim.evidence.span.within(TEXTS[0]) == claim.evidence.quote
        assert claim.why.startswith(f"model {NAME}; strongest words: '")


@given(st.lists(st.floats(0.01, 0.98), min_size=2, max_size=9).map(sorted), st.floats(0.01, 0.98))
def test_the_score_of_a_share_is_worth_it(shares: list[float], share: float) -> None:
    curve = Curve(tuple(float(number) for number in range(len(shares))), tuple(shares))
    score = curve.find_score(share)
    assert score == float("inf") or curve.at(score) >= share - 1e-6 or score == float("-inf")
