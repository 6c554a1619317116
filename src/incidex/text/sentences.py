"""Sentences of reports: prose, headings, bullet lists and text wrapped by hand."""

import re
from collections.abc import Iterator
from itertools import pairwise

from incidex.model import Span

#: A stop, and the quotation marks and brackets that close after it. Possessive repeats and the look behind
#: keep this linear, whatever is thrown at it.
STOP = re.compile(
    r"(?<![.!?…])(?P<mark>[.!?…]++)[\"'”’»)\]}*_]{0,8}+(?=\s|\Z|\[\d)|[。！？｡][」』”’）]{0,8}+|(?<=\w)\.(?=[“\"][A-Z])"
)
#: What a stop begins with. Looked for first: the pattern above costs ten times as much at every character.
MARK = re.compile(r"[.!?…。！？｡]")
PLAIN_MARK = re.compile(r"[.!?]")  # the same in a text of ASCII alone, in a third of the time
LINE = re.compile(r"[^\n]+")
BULLET = re.compile(r"[ \t]{0,40}(?:[•●▪◦‣·–—*+-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]")
FIRST_WORD = re.compile(r"\s{0,400}(\S{1,60})")
OPENING = "\"'“”‘’«([{*_ \t\n\xa0"
#: How far back an abbreviation is looked for.
LOOK_BACK = 20
#: No sentence is longer: what reads on from here is a list without stops, or an attack on whoever reads it,
#: and everything that looks at a whole sentence for each word in it would take time without bound.
LONGEST = 3_000
WORD_BEFORE = re.compile(r"[\w.&-]{1,20}\Z")

#: Lines longer than this were not wrapped by hand, but are paragraphs.
WRAP_COLUMNS = 120


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: Written with a stop that never ends a sentence: a name or an explanation follows.
LEADING = _words(
    "adj adm asst atty brig capt cf cmdr col dept dr e.g eg esp est gen gov hon i.e ie insp lt maj messrs "
    "mr mrs ms mt mx pres prof rep rev sen sgt st supt u.s.c univ v viz vs"
)
#: Written with a stop before a number.
NUMBERED = _words(
    "apr app approx art aug ca ch cl dec eq exh feb fig figs jan jul jun mar no nos nov nr oct p para pp "
    "pt ref sec sep sept vol"
)
#: Written with a stop that may also end the sentence: what follows decides.
TRAILING = _words(
    "a.m al assn ave blvd bros co corp d.c dist e.u etc ext gmbh inc intl jr l.l.c l.p llc ltd mfg n.v "
    "natl p.m ph.d plc pty rd s.a s.p.a sq sr u.k u.n u.s u.s.a"
)
#: Words that begin a sentence more often than a name.
OPENERS = _words(
    "a according additionally after all although an and any approximately as at based because before both "
    "but by customers data during each even finally first for from further hackers he her his how however "
    "i if in investigators it its last later law many meanwhile more most moreover neither no nobody not "
    "nothing now officials on once one only other our out over police researchers she since so some soon "
    "such that the their then there therefore these they this those though through thus to two under "
    "until upon we what when where whether which while who why with within you your"
)


def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text in order: disjoint, without empty ends, every visible character in one.

    A sentence ends at a stop that is not an abbreviation's, at a blank line, before a bullet, and at the end
    of a line whose next word would still have fitted: a heading or a list item rather than wrapped prose.
    What goes on for `LONGEST` characters without any of these is cut. Time is linear in the text.
    """
    found = (
        _trim(text, *part)
        for block in _blocks(text)
        for sentence in _split(text, *block)
        for part in _cut(text, *sentence)
    )
    return tuple([span for span in found if span])


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long between two words, or where it must be."""
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        middle = space if space > 0 else start + LONGEST
        yield start, middle
        start = middle
    yield start, end


def _trim(text: str, start: int, end: int) -> Span | None:
    if start < end and (text[start].isspace() or text[end - 1].isspace()):
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
    return Span(start, end) if start < end else None


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of lines that run on into one another."""
    for lines in _paragraphs(text):
        widest = max(end - start for start, end in lines)
        begin = lines[0][0]
        for line, following in pairwise(lines):
            if not _runs_on(text, line, following, widest):
                yield begin, line[1]
                begin = following[0]
        yield begin, lines[-1][1]


def _paragraphs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield lines that stand together, without a blank line between them."""
    together: list[tuple[int, int]] = []
    for match in LINE.finditer(text):
        is_blank = match[0].isspace()
        if together and (is_blank or match.start() > together[-1][1] + 1):
            yield together
            together = []
        if not is_blank:
            together.append(match.span())
    if together:
        yield together


def _runs_on(text: str, line: tuple[int, int], following: tuple[int, int], widest: int) -> bool:
    """Say whether a line was broken because the next line's first word did not fit."""
    if widest > WRAP_COLUMNS or BULLET.match(text, *following):
        return False
    first = FIRST_WORD.match(text, *following)
    return bool(first) and line[1] - line[0] + 1 + len(first[1] if first else "") > widest


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one block."""
    begin = _after_bullet(text, start, end)
    yield_from = start
    for match in _stops(text, begin, end):
        if match.end() >= end or _ends(text, match, end):
            yield yield_from, match.end()
            yield_from = match.end()
    yield yield_from, end


def _stops(text: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    """Yield what may end a sentence."""
    after = begin
    for mark in (PLAIN_MARK if text.isascii() else MARK).finditer(text, begin, end):
        if mark.start() >= after and (match := STOP.match(text, mark.start(), end)):
            after = match.end()
            yield match


def _after_bullet(text: str, start: int, end: int) -> int:
    """Return where the words of a line begin: the stop in "1. Names" ends nothing."""
    bullet = BULLET.match(text, start, end)
    return bullet.end() if bullet else start


def _ends(text: str, match: re.Match[str], end: int) -> bool:
    """Say whether a stop ends its sentence, by the words on either side."""
    following = FIRST_WORD.match(text, match.end(), end)
    word = following[1].lstrip(OPENING) if following else ""
    if not match["mark"]:
        return True
    if word[:1].islower():
        return False
    return match["mark"] != "." or _is_stop(_word_before(text, match.start()), word)


def _word_before(text: str, at: int) -> str:
    near = max(0, at - LOOK_BACK)
    found = WORD_BEFORE.search(text, max(near, text.rfind(" ", near, at) + 1), at)
    return found[0].lower().lstrip(".-&") if found else ""


def _is_stop(before: str, after: str) -> bool:
    """Say whether a single stop between two words ends a sentence."""
    if before in LEADING:
        return False
    if before in NUMBERED:
        return not after[:1].isdigit()
    if before in TRAILING:
        return after.rstrip(",;:.").lower() in OPENERS
    is_initial = len(before) == 1 and before.isalpha() and before != "i"
    return not is_initial or after.rstrip(",;:.").lower() in OPENERS
