import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Evidence, EvidenceError, Span
from incidex.text import anchor, reanchor

TEXT = "Ciphr said that it was no breach. SkySecure said that it was not involved."


@pytest.mark.parametrize(
    ("exact", "prefix", "suffix", "span"),
    [
        pytest.param("no breach", "", "", Span(23, 32), id="once"),
        pytest.param("said", "Ciphr ", "", Span(6, 10), id="told-apart-by-what-precedes"),
        pytest.param("it was no", "", "t inv", Span(54, 63), id="told-apart-by-what-follows"),
    ],
)
def test_anchor(exact: str, prefix: str, suffix: str, span: Span) -> None:
    assert anchor(exact, TEXT, prefix=prefix, suffix=suffix) == span


@pytest.mark.parametrize(
    ("exact", "prefix", "message"),
    [
        pytest.param("stolen", "", "'stolen' is not in the report", id="missing"),
        pytest.param("said", "", "fits in two places; quote more around it", id="twice"),
        pytest.param("said", "Blackphone ", "is not in the report in this context", id="wrong-context"),
        pytest.param("said that it was", "", "fits in two places", id="long-but-twice"),
        pytest.param("ciphr", "", "is not in the report", id="case-counts"),
        pytest.param(" ", "", "at least one visible character", id="blank"),
        pytest.param("", "", "at least one visible character", id="empty"),
    ],
)
def test_anchor_refuses(exact: str, prefix: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        anchor(exact, TEXT, prefix=prefix)


def test_overlapping_places_are_two() -> None:
    with pytest.raises(EvidenceError, match="two places"):
        anchor("aa", "aaa")


@given(st.text(min_size=1), st.data())
def test_what_is_anchored_is_verbatim(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        span = anchor(text[start:end], text, prefix=text[:start], suffix=text[end:])
    except EvidenceError:
        assert not text[start:end].strip()
    else:
        assert span == Span(start, end)


def evidence_for(words: str) -> Evidence:
    return Evidence.of(TEXT, Span(TEXT.index(words), TEXT.index(words) + len(words)))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param(TEXT, 34, id="unchanged"),
        pytest.param("Update. " + TEXT, 42, id="moved"),
        pytest.param(TEXT.replace("not involved", "uninvolved"), 34, id="same-place"),
        pytest.param(
            "Update. " + TEXT.replace("not involved", "uninvolved"), 42, id="moved-and-one-side-changed"
        ),
    ],
)
def test_reanchor(text: str, start: int) -> None:
    assert reanchor(evidence_for("SkySecure"), text) == Span(start, start + 9)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Update. Ciphr said that it was no breach.", id="gone"),
        pytest.param("A rival, SkySecure, was named.", id="short-words-in-another-context"),
        pytest.param("Update. " + TEXT + " " + TEXT, id="now-twice"),
    ],
)
def test_reanchor_refuses(text: str) -> None:
    with pytest.raises(EvidenceError):
        reanchor(evidence_for("SkySecure"), text)


def test_a_long_quotation_may_stand_alone() -> None:
    quote = "SkySecure said that it was not involved."
    assert reanchor(evidence_for(quote), f"New. {quote} New.") == Span(5, 5 + len(quote))
