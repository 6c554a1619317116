"""Markdown: the words without the marks, each where it stood."""

import re

from incidex.text.decode import decode
from incidex.text.edtf import find_date
from incidex.text.excerpt import Excerpt
from incidex.text.parsed import Parsed
from incidex.text.runs import Runs

#: Front matter, as static site generators write it: a block between two lines of three hyphens.
FRONT = re.compile(r"---[ \t]{0,20}\n((?:(?!---)[^\n]{0,2000}\n){0,200})---[ \t]{0,20}(?:\n|\Z)")
FRONT_TITLE = re.compile(r"^title:[ \t]{0,20}[\"']?([^\n]{1,300}?)[\"']?[ \t]{0,20}$", re.MULTILINE)
FRONT_DATE = re.compile(r"^(?:date|published):[ \t]{0,20}[\"']?(\d{4}[-\d]{0,6})", re.MULTILINE)

#: What is a mark (CommonMark 0.31 and the tables of GFM). In each, group "words" is what stays; where there
#: is none, the whole match goes. Bullets stay: sentences end at them. Every repeat is bounded.
MARKS = re.compile(
    r"""
    ^[ ]{0,3}(?:```|~~~)[^\n]{0,200}(?:\n|\Z)                         # code fences
  | ^[ ]{0,3}\#{1,6}(?:[ \t]{1,20}|$)                                 # headings
  | ^[ ]{0,3}(?:(?:[*_-][ \t]{0,3}){3,80})$                           # rules and underlines
  | ^[ ]{0,3}={2,80}[ ]{0,3}$
  | ^[ ]{0,3}(?:>[ ]?){1,20}                                          # quotations
  | ^[ ]{0,3}\[[^\[\]\n]{1,200}\]:[ \t]{1,20}[^\n]{0,2000}(?:\n|\Z)   # link definitions
  | ^[ ]{0,3}\|?(?:[ ]{0,9}:?-{1,99}:?[ ]{0,9}\|){1,50}[ :-]{0,99}$   # the line below a table's head
  | <!--(?:[^-<]|-(?!->)|<(?!!--)){0,5000}-->
  | <(?P<address>(?:https?://|mailto:)[^\s<>]{1,2000})>
  | </?[a-zA-Z][^<>\n]{0,500}>
  | !?\[(?P<linked>[^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:[ ]"[^"\n]{0,300}")?\)
  | !?\[(?P<referred>[^\[\]\n]{1,500})\]\[[^\[\]\n]{0,200}\]
  | \\(?P<escaped>[!-/:-@\[-`{-~])
  | \*{1,3}(?=[^\s*]) | (?<=[^\s*])\*{1,3}
  | (?<!\w)_{1,3}(?=[^\s_]) | (?<=[^\s_])_{1,3}(?!\w)
  | `{1,3} | ~~
  | ^\|[ ]? | [ ]?\|$ | \|
    """,
    re.MULTILINE | re.VERBOSE,
)
HEADING = re.compile(r"^ {0,3}#{1,2}[ \t]{1,20}([^\n]{1,300})$", re.MULTILINE)


def read_markdown(data: bytes, charset: str = "") -> Parsed:
    """Read Markdown: marks go, words stay, front matter gives title and date.

    Offsets lead to bytes.
    """
    source = decode(data, charset)
    front = FRONT.match(source.text)
    text, runs = drop_marks(source.text, front.end() if front else 0)
    return Parsed(
        text=text,
        runs=runs.through(source.runs),
        title=_find_title(source.text, front),
        published=_find_published(front),
        notes=source.notes,
    )


def drop_marks(text: str, start: int = 0) -> tuple[str, Runs]:
    """Return what is left of `text` from `start` on without its marks, and where that stood."""
    excerpt, at = Excerpt(text), start
    for match in MARKS.finditer(text, start):
        excerpt.keep(at, match.start())
        if match.lastgroup:
            excerpt.keep(*match.span(match.lastgroup))
        at = match.end()
    excerpt.keep(at, len(text))
    return excerpt.text, excerpt.runs


def _find_title(text: str, front: re.Match[str] | None) -> str:
    stated = FRONT_TITLE.search(front[1]) if front else None
    found = stated or HEADING.search(text[:20_000])
    return drop_marks(found[1].rstrip(" #"))[0].strip() if found else ""


def _find_published(front: re.Match[str] | None) -> str:
    stated = FRONT_DATE.search(front[1]) if front else None
    return find_date(stated[1]) if stated else ""
