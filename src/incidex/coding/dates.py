"""When it happened, was noticed, was made known and ended: the four date fields, with their precision."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Hit, Lexicon
from incidex.coding.moments import TRIGGERS, When, find_dates, read_moments
from incidex.model import Span

__all__ = ["When", "find_dates", "lexicons", "read_dates"]

#: What kind of cue must stand beside one of noticing or telling for its day to say when it happened, too.
_NOTICED = {"discovered": "seen", "disclosed": "told"}
_SEEN = frozenset({"occurred", "surfaced"})
#: How sure a date is of its field, by the strength of the words that tie it to it.
_SURE = {4: 0.9, 3: 0.8, 2: 0.65, 1: 0.6}
#: A date that another date of the same field is surer than, or earlier, is less likely to be the one meant.
_SECOND = 0.2
#: Characters at the head of a text where "said on Monday" is how the news came out, and no later remark.
_LEAD = 300
#: Characters between a date and the words that say what happened, at most.
_REACH = 140
#: Characters between a date and words such as "an earlier attack" that make it a date of that.
_NEARBY = 60
#: Characters beside a date that stands in a line of its own, at most.
_DATELINE = 60
#: What may stand between the beginning of a clause and a date that opens it.
_OPENERS = """
and but then later sometime some time back also however in on at by during since around about
approximately roughly between from over for late early mid the of as until through again only just
evening night morning afternoon day
"""
_OPENING = frozenset(_OPENERS.split())
_CONJUNCTIONS = frozenset({"that", "and", "but", "when", "which", "where", "after", "before", "while"})
_CLAUSE_ENDS = ".;:,—("
#: Characters before a date in which its clause must begin for it to open it.
_OPENS_WITHIN = 60
_UNTIL = (" until", " until the", " until at least", " through", " till", " until about")
_BEFORE = (" before", " prior to", " earlier than", " dated", " as of", " before the", " prior to the")


#: How much less sure the best of several dates is, and a year alone; and how much surer what a report begins
#: with ("In March 2013, …"). Of 700 rows that were not held back these were right in 0.55, 0.1 and 0.9.
_RIVALLED, _YEAR, _FIRST = 0.15, 0.3, 0.12
_OPENING_WORD = 6


class _Cue(NamedTuple):
    """Words that say what happened on a day: which of the fields, how plainly, and where they stand."""

    field: str
    strength: int
    hit: Hit


class _Dated(NamedTuple):
    """What happened on a date, how sure that is, and by which words."""

    when: When
    field: str
    confidence: float
    why: str


@cache
def _cues() -> Mapping[str, tuple[str, int]]:
    return {
        cue: (field, int(strength)) for field, strength, cues in read_rows("date") for cue in cues.split("|")
    }


@cache
def _lexicon() -> Lexicon:
    return Lexicon([*TRIGGERS, *_cues()])


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (_lexicon(),)


def read_dates(prepared: Prepared) -> Iterator[Reading]:
    """Read the dates that a sentence ties to the incident; a date that nothing ties to it is left alone.

    When the text gives no day on which it happened, but one on which the data was seen in the wrong hands,
    that day is the best that is known, and is read with little confidence.
    """
    hits = prepared.find(_lexicon())
    triggers = [hit for hit in hits if hit.term in TRIGGERS]
    if not triggers:
        return
    whens = list(read_moments(prepared.text, triggers, prepared.published))
    dated = list(_sort(prepared, whens, [hit for hit in hits if hit.term not in TRIGGERS]))
    for field in ("discovered", "disclosed", "ended"):
        yield from _read_first(field, [each for each in dated if each.field == field])
    happened = [each for each in dated if each.field == "occurred"]
    yield from _read_occurred(happened) if happened else _fall_back(dated)


def _read_first(field: str, dated: Sequence[_Dated]) -> Iterator[Reading]:
    """Read the earliest of the dates of a field: it was discovered, and told, when it first was."""
    if dated:
        first = min(dated, key=lambda each: (each.when.value, -each.confidence))
        yield _make(field, first)


def _read_occurred(happened: Sequence[_Dated]) -> Iterator[Reading]:
    """Read the surest date, and others with less confidence: a year beside a month is of something older."""
    is_finer = any("-" in each.when.value for each in happened)
    best = max(happened, key=lambda each: each.confidence - 0.15 * (is_finer and "-" not in each.when.value))
    is_alone = len({each.when.value for each in happened}) == 1
    for each in happened:
        is_best = each.when.value == best.when.value
        less = (0.0 if is_alone else _RIVALLED) if is_best else _SECOND
        yield _make("occurred", each, each.confidence - less - _coarse(each.when, is_alone=is_alone))


def _coarse(when: When, *, is_alone: bool) -> float:
    """Return how much less sure a date is for its form: a year says little, a report's first words much."""
    if "-" not in when.value:
        return _YEAR
    is_month = when.value.count("-") == 1
    return -_FIRST if is_month and is_alone and when.span.start < _OPENING_WORD else 0.0


def _fall_back(dated: Iterable[_Dated]) -> Iterator[Reading]:
    for each in dated:
        if each.field == "seen" or (each.field == "told" and each.when.value.count("-") < 2):
            confidence = 0.45 if each.field == "told" else 0.55
            yield _make("occurred", each, confidence, ", and no other day is given")
            return


def _make(field: str, dated: _Dated, confidence: float = 0.0, more: str = "") -> Reading:
    when = dated.when
    return Reading(
        field=f"date.{field}",
        value=when.value,
        span=when.span,
        confidence=round((confidence or dated.confidence) - (0.1 if when.is_relative else 0.0), 2),
        why=dated.why + more + (", counted from another day" if when.is_relative else ""),
    )


def _sort(prepared: Prepared, whens: Sequence[When], hits: Sequence[Hit]) -> Iterator[_Dated]:
    """Yield each date with what happened on it; one day may be of more than one kind."""
    starts, known = [hit.start for hit in hits], _cues()
    for index, when in enumerate(whens):
        around = prepared.places.around(when.span, _REACH)
        first, last = bisect_left(starts, around.start), bisect_right(starts, around.end)
        cues = [
            _Cue(*known[hit.term], hit)
            for hit in hits[first:last]
            if hit.end <= when.span.start or hit.start >= when.span.end
        ]
        if not cues or _is_dateline(prepared.text, when.span, cues):
            continue
        others = [each.span for each in whens[max(0, index - 1) : index + 2] if each is not when]
        opens = _opens(prepared.text[max(around.start, when.span.start - _OPENS_WITHIN) : when.span.start])
        cue = min(cues, key=lambda cue: _distance(cue, when.span, others, opens=opens))
        yield from _kinds(prepared.text, when, cue, cues)


def _kinds(text: str, when: When, cue: _Cue, cues: Sequence[_Cue]) -> Iterator[_Dated]:
    """Yield what the cue says of its date."""
    if any(each.field == "background" and _apart(each.hit, when.span) < _NEARBY for each in cues):
        return
    sure = _SURE[cue.strength] if cue.strength > 1 or when.span.start < _LEAD else _SURE[1] - _SECOND
    field, why = cue.field, f"'{cue.hit.term.removesuffix('*')}' near the date"
    if field == "occurred":
        before = text[max(0, when.span.start - 20) : when.span.start].lower().rstrip()
        if before.endswith(_BEFORE):
            return
        field = "ended" if before.endswith(_UNTIL) else field
    yield _Dated(when, "disclosed" if field == "surfaced" else field, sure, why)
    if field == "surfaced":
        yield _Dated(when, "seen", sure, why)
    elif field in _NOTICED and any(each.field in _SEEN for each in cues):
        yield _Dated(when, _NOTICED[field], sure, why)
    elif field == "occurred" and when.ended:
        yield _Dated(When(when.ended, when.span, when.is_relative), "ended", sure - 0.1, why)


def _is_dateline(text: str, span: Span, cues: Sequence[_Cue]) -> bool:
    """Say whether the date stands alone in a line, as the day of writing does, with no deed beside it."""
    start = text.rfind("\n", max(0, span.start - _DATELINE - 1), span.start)
    end = text.find("\n", span.end, span.end + _DATELINE + 1)
    if start < 0 and span.start <= _DATELINE:
        start = 0
    if end < 0 and len(text) - span.end <= _DATELINE:
        end = len(text)
    if start < 0 or end < 0 or span.start - start + end - span.end > _DATELINE:
        return False
    deeds = (cue for cue in cues if start <= cue.hit.start < end and cue.strength > 2)
    return not any(cue.field in {"occurred", "ended", "discovered"} for cue in deeds) and (start, end) != (
        0,
        len(text),
    )


def _distance(cue: _Cue, when: Span, others: Sequence[Span], *, opens: bool) -> int:
    """Return how far a cue is from a date, in characters and in grammar.

    A date that opens its clause belongs to the words after it, another to the words before it; a noun such
    as "the breach" says less than a verb; and a further date between the two takes the words for itself.
    """
    hit = cue.hit
    is_after = hit.start >= when.end
    start, end = (when.end, hit.start) if is_after else (hit.end, when.start)
    away = 40 if opens != is_after else 0
    away += {4: -15, 3: 0, 2: 60, 1: 0}[cue.strength]
    away += 50 if any(start <= other.start < end for other in others) else 0
    return end - start + away


def _opens(before: str) -> bool:
    """Say whether a date opens its clause, by the words before it in its sentence."""
    words = before.replace("-", " ").split()
    while words and words[-1].lower().strip('"“') in _OPENING:
        words.pop()
    return not words or words[-1][-1] in _CLAUSE_ENDS or words[-1].lower() in _CONJUNCTIONS


def _apart(hit: Hit, span: Span) -> int:
    return max(hit.start - span.end, span.start - hit.end, 0)
