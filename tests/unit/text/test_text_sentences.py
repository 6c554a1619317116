import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidex.text import sentences
from incidex.text.sentences import LONGEST

WRAPPED = (
    "The company said in a filing on Monday that an unknown party had taken\n"
    "copies of files from its servers. It has informed the regulator, and\n"
    "all of the people whose data were in them."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One here. Two there.", ["One here.", "Two there."], id="two"),
        pytest.param("Apple Inc. said so. It did.", ["Apple Inc. said so.", "It did."], id="inc-within"),
        pytest.param(
            "It sued Apple Inc. The firm won.", ["It sued Apple Inc.", "The firm won."], id="inc-at-the-end"
        ),
        pytest.param("The U.S. Department said no.", ["The U.S. Department said no."], id="us-within"),
        pytest.param(
            "It left the U.S. The rest stayed.", ["It left the U.S.", "The rest stayed."], id="us-at-the-end"
        ),
        pytest.param("Mr. Smith met Dr. Jones.", ["Mr. Smith met Dr. Jones."], id="titles"),
        pytest.param("J. R. Smith agreed.", ["J. R. Smith agreed."], id="initials"),
        pytest.param("Data, e.g. Names, went.", ["Data, e.g. Names, went."], id="e.g."),
        pytest.param(
            "Case No. 5 was first. No. He lied.", ["Case No. 5 was first.", "No.", "He lied."], id="no"
        ),
        pytest.param("It paid $1.5 million. Fine.", ["It paid $1.5 million.", "Fine."], id="decimal"),
        pytest.param("See ciphr.com. It is up.", ["See ciphr.com.", "It is up."], id="domain"),
        pytest.param(
            "“We regret it.” He left.", ["“We regret it.”", "He left."], id="quote-closes-after-the-stop"
        ),
        pytest.param(
            "(It was us.) They said.", ["(It was us.)", "They said."], id="bracket-closes-after-the-stop"
        ),
        pytest.param('"Really?" he asked. Yes!', ['"Really?" he asked.', "Yes!"], id="question-goes-on"),
        pytest.param("Well... maybe not. So... No.", ["Well... maybe not.", "So...", "No."], id="ellipsis"),
        pytest.param("Sent on Jan. 5 by mail.", ["Sent on Jan. 5 by mail."], id="month"),
        pytest.param(
            "At 5 p.m. on Monday. At 5 p.m. The end.",
            ["At 5 p.m. on Monday.", "At 5 p.m.", "The end."],
            id="hour",
        ),
        pytest.param("It ended.[1] He left.", ["It ended.", "[1] He left."], id="footnote-mark"),
        pytest.param("A heading\nThe text of it.", ["A heading", "The text of it."], id="heading"),
        pytest.param(
            "Data:\n• Names\n• E-mail\n2. Dates", ["Data:", "• Names", "• E-mail", "2. Dates"], id="bullets"
        ),
        pytest.param(WRAPPED, [WRAPPED[:104], WRAPPED[105:]], id="wrapped-by-hand"),
        pytest.param("No stop at the end\n\nNext", ["No stop at the end", "Next"], id="blank-line"),
        pytest.param("流出した。調査中。", ["流出した。", "調査中。"], id="full-width-stops"),
        pytest.param("הדליפה אושרה. החברה הודיעה.", ["הדליפה אושרה.", "החברה הודיעה."], id="right-to-left"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\t\n", [], id="blank"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [span.within(text) for span in sentences(text)] == expected


@given(st.one_of(st.text(), st.text(alphabet='aA1 .!?…\n"”)•-')))
@example("1. A\n\n. .")
def test_sentences_are_ordered_disjoint_and_leave_nothing_out(text: str) -> None:
    spans = sentences(text)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert {at for at, letter in enumerate(text) if not letter.isspace()} <= covered
    assert all(span.within(text).strip() == span.within(text) for span in spans)


@pytest.mark.parametrize("bomb", [".", ". ", "a.", '."', ")", "\n", " ", "• ", "a\n", "U.S. ", "(?"])
def test_time_is_linear_whatever_comes(bomb: str) -> None:
    started = time.process_time()
    sentences(bomb * (400_000 // len(bomb)) + "x")
    assert time.process_time() - started < 5


def test_no_sentence_is_longer_than_the_longest_and_nothing_is_left_out() -> None:
    text = "word " * 5_000 + "x" * 10_000
    found = sentences(text)
    assert max(span.end - span.start for span in found) <= LONGEST
    assert "".join(text[span.start : span.end] for span in found).replace(" ", "") == text.replace(" ", "")
