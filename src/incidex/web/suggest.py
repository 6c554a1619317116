"""What a reviewer may mean: values of a field for what they type, and claims for the words they select."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from incidex.codebook import Field, Kind, Term, check_value, fields, find_terms, get_field, get_vocabulary
from incidex.coding import CODERS, Prepared
from incidex.coding.dates import find_dates
from incidex.coding.numbers import find_numbers
from incidex.model import CodebookError, Document, Report, Span, Stance
from incidex.text import sentences
from incidex.web.words import say_label, say_value

#: Suggestions that a person can take in at a glance, and pick by a digit.
MOST = 9

#: Characters typed or selected that are looked at; more is a passage, not a value.
MOST_WORDS = 300

_ENOUGH = 70  # of 100, from rapidfuzz: below it, words have nothing to do with each other

#: A reading is of the chosen words when it rests on at most so many times as many characters.
_WIDER = 2

#: Kinds whose values cannot be told from any other words.
_VAGUE = frozenset({Kind.TEXT, Kind.NAME, Kind.REGION, Kind.VOCABULARY, Kind.COUNTRY, Kind.INDUSTRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One claim that the words may mean."""

    field: str
    label: str
    value: str
    said: str
    why: str
    stance: str = "asserts"


def suggest_values(field: str, typed: str) -> list[Suggestion]:
    """Return values of a field that `typed` may mean, the likeliest first."""
    rule = get_field(field)
    words = typed.strip()[:MOST_WORDS]
    found: dict[str, Suggestion] = {}
    try:
        exact = check_value(field, words)
        found[exact] = _make(field, exact, "as typed")
    except CodebookError:
        pass
    if rule.kind in {Kind.DATE, Kind.COUNT}:
        for value, why in _read_plainly(rule, words):
            found.setdefault(value, _make(field, value, why))
    if rule.vocabulary and words:
        for value, why in _find_like(rule.vocabulary, words):
            found.setdefault(value, _make(field, value, why))
    return list(found.values())[:MOST]


def suggest_claims(document: Document, report: Report, span: Span) -> list[Suggestion]:
    """Return the claims that selected words may make.

    First what coders read in them, then what the codebook knows of them, last what their sentence carries:
    the words were chosen. The coders read the whole sentence, because a date alone does not say what
    happened on it.
    """
    words = span.within(document.text)[:MOST_WORDS]
    most = _WIDER * (span.end - span.start)
    read = list(_read_sentence(document, report, span))
    here = (each for width, each in read if width <= most)
    beyond = (each for width, each in read if width > most)
    found: dict[tuple[str, str], Suggestion] = {}
    for each in (*here, *_look_up(words), *beyond):
        found.setdefault((each.field, each.value), each)
    return list(found.values())[:MOST]


def _make(field: str, value: str, why: str, stance: str = "asserts") -> Suggestion:
    label, said = say_label(field), say_value(field, value)
    return Suggestion(field=field, label=label, value=value, said=said, why=why, stance=stance)


def _read_sentence(document: Document, report: Report, span: Span) -> Iterator[tuple[int, Suggestion]]:
    """Yield what coders read in the words, with how many characters it rests on: the fewest first."""
    start, passage = _find_passage(document.text, span)
    prepared = Prepared(Document(report=report.id, text=passage), report.published, report)
    readings = [(coder, reading) for coder, read in CODERS.items() for reading in read(prepared)]
    for coder, reading in sorted(readings, key=lambda pair: pair[1].span.end - pair[1].span.start):
        placed = Span(reading.span.start + start, reading.span.end + start)
        if not placed.overlaps(span):
            continue
        try:
            value = check_value(reading.field, reading.value)
        except CodebookError:
            continue  # coders may read what the codebook refuses; a person is not offered it
        stance = reading.stance or str(Stance.ASSERTS)
        width = reading.span.end - reading.span.start
        yield width, _make(reading.field, value, f"{coder}: {reading.why}".rstrip(": "), stance)


def _find_passage(text: str, span: Span) -> tuple[int, str]:
    """Return the sentences that a span touches, and where they begin; no more than a page of text is cut."""
    low, high = max(0, span.start - 1_000), min(len(text), span.end + 1_000)
    window = text[low:high]
    touched = [
        each for each in sentences(window) if each.start + low < span.end and span.start < each.end + low
    ]
    if not touched:
        return span.start, span.within(text)
    return low + touched[0].start, window[touched[0].start : touched[-1].end]


def _look_up(words: str) -> Iterator[Suggestion]:
    for rule in fields().values():
        if rule.vocabulary and rule.kind is not Kind.MONEY:
            for term in find_terms(rule.vocabulary, words):
                yield _make(rule.name, term.id, f"“{term.label}” in the codebook")
        if rule.kind in {Kind.DATE, Kind.COUNT}:
            for value, why in _read_plainly(rule, words):
                yield _make(rule.name, value, why)
        elif rule.kind not in _VAGUE:
            try:
                yield _make(rule.name, check_value(rule.name, words), "it has this form")
            except CodebookError:
                continue


def _read_plainly(rule: Field, words: str) -> Iterator[tuple[str, str]]:
    """Read dates and numbers as people write them: "26 April 2017", "1.4 million"."""
    if rule.kind is Kind.DATE:
        for when in find_dates(words):
            yield when.value, "a date"
    else:
        for number in find_numbers(words):
            yield str(number.value), "a number"


def _find_like(vocabulary: str, words: str) -> Iterator[tuple[str, str]]:
    terms = get_vocabulary(vocabulary)
    exact = [(term.id, "named so in the codebook") for term in find_terms(vocabulary, words)]
    yield from exact
    names = {(term.id, name): name.casefold() for term in terms.values() for name in _names(term)}
    typed = words.casefold()
    near = process.extract(typed, names, scorer=fuzz.WRatio, limit=3 * MOST, score_cutoff=_ENOUGH)
    # What begins as typed comes first, the shortest before the others: people type beginnings.
    near.sort(key=lambda hit: (0, len(hit[0])) if hit[0].startswith(typed) else (1, -hit[1]))
    for _, _, (value, name) in near:
        yield value, f"like “{name}”"


def _names(term: Term) -> tuple[str, ...]:
    return tuple(dict.fromkeys((term.id, *term.names)))
