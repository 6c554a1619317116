"""Cutting a text where claims rest on it."""

from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Span
from incidex.web.passage import Piece, cut

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
