"""Cutting a text where claims rest on it."""

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Span
from incidex.web.passage import BLOCK, MOST_NAMED, Piece, cut, excerpt, lay_out

TEXT = "abcdefghijklmnopqrst"
SPANS = st.builds(
    lambda start, width: Span(start, start + width), st.integers(0, 15), st.integers(1, 5)
)  # fmt: skip


@given(st.lists(SPANS, max_size=6), st.none() | SPANS)
def test_the_pieces_are_the_text_and_the_chosen_one_is_the_quote(
    spans: list[Span], chosen: Span | None
) -> None:
    pieces = list(cut(TEXT, spans, chosen))
    assert "".join(piece.text for piece in pieces) == TEXT
    picked = [piece.text for piece in pieces if piece.kind == "chosen"]
    assert picked == ([chosen.within(TEXT)] if chosen else [])
    marked = "".join(piece.text for piece in pieces if piece.kind != "plain")
    covered = {at for span in (*spans, *([chosen] if chosen else [])) for at in range(span.start, span.end)}
    assert marked == "".join(TEXT[at] for at in sorted(covered))


def test_a_wider_reading_around_the_chosen_one_stays_marked_on_both_sides() -> None:
    assert list(cut("abcdef", [Span(1, 5)], Span(2, 4))) == [
        Piece("a", "plain"),
        Piece("b", "read"),
        Piece("cd", "chosen"),
        Piece("e", "read"),
        Piece("f", "plain"),
    ]


WIDE = st.builds(lambda start, width: Span(start, start + width), st.integers(0, 60), st.integers(1, 30))


@given(st.text(max_size=60), st.lists(WIDE, max_size=8))
def test_the_runs_are_the_text_and_each_knows_what_rests_on_it(text: str, spans: list[Span]) -> None:
    runs = [run for block in lay_out(text, spans) for run in block.runs]
    assert "".join(run.text for run in runs) == text
    for run in runs:
        assert text[run.start : run.start + len(run.text)] == run.text
        for at in range(run.start, run.start + len(run.text)):
            resting = {place for place, span in enumerate(spans) if span.start <= at < span.end}
            assert set(run.numbers) == resting


def test_a_long_text_is_cut_into_blocks_at_line_ends() -> None:
    text = ("word " * 20 + "\n") * 400 + "x" * 30_000
    blocks = list(lay_out(text, [Span(0, len(text))]))
    assert "".join(run.text for block in blocks for run in block.runs) == text
    assert max(sum(len(run.text) for run in block.runs) for block in blocks) <= 2 * BLOCK
    assert [block.start for block in blocks] == sorted({block.start for block in blocks})


def test_thousands_of_readings_of_one_word_cost_no_more_than_their_number() -> None:
    spans = [Span(place, 500_000 - place) for place in range(3_000)]
    started = process_time()
    runs = [run for block in lay_out("x" * 500_000, spans) for run in block.runs]
    assert process_time() - started < 2
    assert max(len(run.numbers) for run in runs) == MOST_NAMED


@given(st.text(alphabet="ab c\n", min_size=30, max_size=120), st.lists(SPANS, max_size=4), st.none() | SPANS)
def test_an_excerpt_has_every_quotation_whole_and_says_where_text_is_left_out(
    text: str, spans: list[Span], chosen: Span | None
) -> None:
    pieces = list(excerpt(text, spans, chosen, around=5))
    held = [*spans, *([] if chosen is None else [chosen])]
    parts = "".join("\0" if piece.kind == "gap" else piece.text for piece in pieces).split("\0")
    at = 0
    for part in parts:  # parts of the text, in order
        at = text.index(part, at) + len(part)
    for span in held:
        assert any(span.within(text) in part for part in parts)
    picked = "".join(piece.text for piece in pieces if piece.kind == "chosen")
    assert picked == ("" if chosen is None else chosen.within(text))
    assert len("".join(parts)) <= sum(10 + span.end - span.start for span in held)


def test_an_excerpt_of_nothing_is_a_gap() -> None:
    assert list(excerpt("some words", [])) == [Piece("", "gap")]
    assert list(excerpt("", [])) == []
