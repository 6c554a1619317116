import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.text import READERS
from incidex.text.markdown import drop_marks

read = READERS["text/markdown"]


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        pytest.param("# Title\n\nText", "Title\n\nText", id="heading"),
        pytest.param("Title\n=====\n\nText", "Title\n\n\nText", id="underlined-heading"),
        pytest.param("a **bold** and *soft* word", "a bold and soft word", id="emphasis"),
        pytest.param("a __bold__ and _soft_ word", "a bold and soft word", id="underscores"),
        pytest.param("the snake_case_name and 5 * 3", "the snake_case_name and 5 * 3", id="not-emphasis"),
        pytest.param("see [the notice](https://a.example/b) here", "see the notice here", id="link"),
        pytest.param("see [the notice][1]\n\n[1]: https://a.example\n", "see the notice\n\n", id="reference"),
        pytest.param("![a chart](c.png)", "a chart", id="picture"),
        pytest.param("<https://a.example/b>", "https://a.example/b", id="address"),
        pytest.param("run `rm -rf`\n```sh\nls\n```\n", "run rm -rf\nls\n", id="code"),
        pytest.param("> He said\n> > no", "He said\nno", id="quotation"),
        pytest.param("- one\n* two\n1. three", "- one\n* two\n1. three", id="bullets-stay"),
        pytest.param("a\n\n---\n\nb", "a\n\n\n\nb", id="rule"),
        pytest.param("| a | b |\n|---|---|\n| c | d |\n", "a  b\n\nc  d\n", id="table"),
        pytest.param("1\\. not \\*soft\\*", "1. not *soft*", id="escapes"),
        pytest.param("a <b>b</b><!-- c --> d", "a b d", id="html"),
        pytest.param("~~not~~ so", "not so", id="struck"),
    ],
)
def test_drop_marks(marked: str, text: str) -> None:
    assert drop_marks(marked)[0] == text


def test_front_matter_gives_title_and_date() -> None:
    parsed = read(b'---\ntitle: "A breach"\ndate: 2017-04-26\n---\nText **here**.\n')
    assert (parsed.title, parsed.published, parsed.text) == ("A breach", "2017-04-26", "Text here.\n")


def test_the_first_heading_is_the_title() -> None:
    assert read(b"Intro\n\n# A **breach**\n").title == "A breach"


@given(st.text(alphabet="ab #*_[]()<>!`|-\\~>\né", max_size=60))
def test_every_character_that_stays_is_where_it_was(marked: str) -> None:
    text, runs = drop_marks(marked)
    assert runs.length == len(text)
    assert all(marked[slice(*runs.bounds(at, at + 1))] == letter for at, letter in enumerate(text))


@pytest.mark.parametrize(
    "bomb", ["[", "![", "<!--", "<a", "*", "_a", "`", "|-", ">", "[a](", "# ", "- ", "\\", "---\n"]
)
def test_time_is_linear_whatever_comes(bomb: str) -> None:
    started = time.process_time()
    drop_marks(bomb * (200_000 // len(bomb)))
    assert time.process_time() - started < 5
