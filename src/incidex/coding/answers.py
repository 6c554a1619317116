"""What of a language model's answer can be kept: what the codebook takes, in words that stand there."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from incidex.codebook import Kind, check_value, find_terms, get_field
from incidex.coding.base import Reading
from incidex.coding.numbers import find_numbers
from incidex.coding.questions import MAX_QUOTE, Window, asked_fields
from incidex.model import CodebookError, EvidenceError, Span, Stance
from incidex.text import anchor

#: How sure a value is that a model read and whose words were found. A judgement, not calibrated.
CONFIDENCE = 0.6

_STANCES = frozenset(map(str, Stance))

#: Values of one answer at most; more than the text has room for is babble.
MAX_SAID = 300


class Refusal(StrEnum):
    """Why a value was left out."""

    SHAPE = "not of the shape that was asked for"
    CUT_SHORT = "cut short"
    TOO_MANY = "more values than one text can have"
    FIELD = "no field that was asked for"
    NOT_VERBATIM = "its quotation is not in the text"
    TWO_PLACES = "its quotation stands in several places"
    LONG_QUOTE = "its quotation is too long"
    VALUE = "the codebook refuses it"
    ELSEWHERE = "its quotation does not hold it"


@dataclass(frozen=True, slots=True)
class Said:
    """One claim as the model put it: nothing of it has been checked yet."""

    field: str
    value: str
    quote: str
    stance: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The claims that could be made out in an answer, and what could not."""

    said: tuple[Said, ...]
    refused: Mapping[str, int]


def parse_answer(words: str) -> Answer:
    """Make out the claims in a model's words: JSON, perhaps with talk around it, perhaps cut short."""
    start = words.find("[", max(0, words.find('"claims"')))
    if start < 0:
        return Answer((), {Refusal.SHAPE: 1})
    found, complete = _objects(words, start + 1)
    said = [_said(each) for each in found[:MAX_SAID]]
    refused = {
        Refusal.SHAPE: sum(each is None for each in said),
        Refusal.TOO_MANY: len(found) - len(said),
        Refusal.CUT_SHORT: int(not complete),
    }
    return Answer(
        tuple(each for each in said if each is not None),
        {reason: count for reason, count in refused.items() if count},
    )


def _objects(words: str, at: int) -> tuple[list[object], bool]:
    """Return the values of a JSON array one by one, so that those before a cut are not lost with it."""
    decoder = json.JSONDecoder()
    found: list[object] = []
    while True:
        at = _skip(words, at)
        if words[at : at + 1] == "]":
            return found, True
        try:
            value, at = decoder.raw_decode(words, at)
        except (ValueError, RecursionError):
            return found, False
        found.append(value)


_BETWEEN = re.compile(r"[\s,]*")


def _skip(words: str, at: int) -> int:
    match = _BETWEEN.match(words, at)
    return match.end() if match else at


def _said(value: object) -> Said | None:
    """Return a claim of the shape that was asked for; `None` for any other."""
    if not isinstance(value, dict):
        return None
    field, said, quote = value.get("field"), value.get("value"), value.get("quote")
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if not (isinstance(field, str) and isinstance(said, str) and isinstance(quote, str)):
        return None
    stance = value.get("stance", Stance.ASSERTS)
    if not isinstance(stance, str) or stance not in _STANCES:
        return None
    return Said(field, said, quote, stance)


def check(said: Said, window: Window, model: str) -> Reading | Refusal:
    """Return the reading that a claim stands for, or why it is left out."""
    if said.field not in asked_fields():
        return Refusal.FIELD
    place = _find(said.quote, window.text)
    if isinstance(place, Refusal):
        return place
    try:
        value = check_value(said.field, said.value)
    except CodebookError:
        return Refusal.VALUE
    if not _holds(said.field, value, said.value, said.quote):
        return Refusal.ELSEWHERE
    return Reading(
        field=said.field,
        value=value,
        span=Span(window.start + place.start, window.start + place.end),
        confidence=CONFIDENCE,
        why=f"read by the language model {model}",
        # What the model asserts, the passage must too: only a denial or a doubt is taken at its word.
        stance="" if said.stance == Stance.ASSERTS else said.stance,
    )


def _find(quote: str, text: str) -> Span | Refusal:
    exact = quote.strip()
    if len(exact) > MAX_QUOTE:
        return Refusal.LONG_QUOTE
    if not exact or exact not in text:
        return Refusal.NOT_VERBATIM
    try:
        return anchor(exact, text)
    except EvidenceError:
        return Refusal.TWO_PLACES


def _holds(field: str, value: str, written: str, quote: str) -> bool:
    """Say whether the words of a quotation hold a value that must stand there as it is.

    Names, numbers and identifiers cannot follow from words that do not have them; a code for what is told in
    words can, and for a person to judge.
    """
    holds = _HOLDS.get(get_field(field).kind)
    return holds is None or holds(field, value, written, quote)


def _holds_name(field: str, value: str, written: str, quote: str) -> bool:
    vocabulary = get_field(field).vocabulary
    terms = find_terms(vocabulary, value) if vocabulary else ()
    names = {value, written, *(name for term in terms for name in term.names)}
    plain = _fold(quote)
    return any(_fold(name) in plain for name in names if _fold(name))


def _holds_number(_field: str, value: str, _written: str, quote: str) -> bool:
    amount = value.rpartition(" ")[2].partition(".")[0]
    return any(str(number) == amount for number in _numbers(quote))


def _numbers(quote: str) -> Iterator[int]:
    for number in find_numbers(re.sub(r"[$€£¥]", " ", quote)):
        yield number.value


def _holds_identifier(_field: str, value: str, _written: str, quote: str) -> bool:
    return value.lower() in re.sub("[\u2010\u2011]", "-", quote).lower()


def _holds_domain(_field: str, value: str, _written: str, quote: str) -> bool:
    return value.lower() in re.sub(r"[\[\](){}]", "", quote).lower()


def _fold(words: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", words.casefold()).split())


_HOLDS: Mapping[Kind, Callable[[str, str, str, str], bool]] = {
    Kind.NAME: _holds_name,
    Kind.COUNT: _holds_number,
    Kind.MONEY: _holds_number,
    Kind.IDENTIFIER: _holds_identifier,
    Kind.DOMAIN: _holds_domain,
}
