"""What a query asks of the codebook's fields: names and labels become codes, dates days, numbers numbers."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from incidex.codebook import Edtf, Field, Kind, check_value, fields, find_terms, get_vocabulary, parse_edtf
from incidex.model import CodebookError, Status
from incidex.search.amounts import LARGEST, parse_number
from incidex.search.conditions import (
    ALL,
    NAMES,
    Condition,
    Every,
    Fact,
    FactStart,
    Near,
    Number,
    Some,
    Without,
    Word,
    Words,
    WordStart,
)
from incidex.search.days import tokens_asked
from incidex.search.entry import QUOTE, REPORT, fold_fact
from incidex.search.syntax import All, AnyOf, Literal, Node, Not, Place, Query, QueryError, Term, Text
from incidex.search.words import split

#: Shorter words would begin too much of the dictionary.
SHORTEST_PREFIX = 3

#: All ids begin alike.
_SHORTEST_ID = 8

#: Short names for fields that are asked for often.
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "victim": "victim.name",
        "country": "victim.country",
        "industry": "victim.industry",
        "region": "victim.region",
        "domain": "victim.domain",
        "actor": "actor.name",
        "motive": "actor.motive",
        "data": "data.class",
        "records": "data.records",
        "cve": "vulnerability",
    }
)

#: What can be asked for besides the codebook's fields, and what it means.
OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "date": "the record's date: when it occurred, else was discovered, disclosed or ended",
        "year": "the year of that date, when it is known to the year",
        "status": "a value in the record has this status",
        "source": "a source of one of its reports, by its whole name",
        "speaker": "somebody who says something in it, by the whole name",
        "report": "words in the title of a report or the name of its source",
        "register": "the kind of one of its reports",
        "quote": "words that were quoted",
        "has": "a field that has a value",
        "id": "an incident's id",
    }
)

_TEXTS = {"quote": QUOTE, "report": REPORT}
_WHOLE = frozenset({"source", "speaker", "register", "id", "year"})

#: Instead of a value: there is none, or there is any.
_NONE, _ANY = "none", "any"


def resolve(query: Query) -> Condition:
    """Return what a record must be like; raise `QueryError` for a field or value that there is not."""
    return _Resolver(query.text).node(query.root)


@cache
def known_names() -> tuple[str, ...]:
    """Return everything that may stand before a colon."""
    return (*OTHERS, *SHORT, *fields())


class _Resolver:
    def __init__(self, query: str) -> None:
        self._query = query

    def fail(self, message: str, place: Place) -> QueryError:
        return QueryError(message, self._query, place.start, place.end - place.start)

    def node(self, node: Node) -> Condition:
        match node:
            case Not(part=part):
                return Without(self.node(part))
            case All(parts=parts):
                return Every(tuple(self.node(part) for part in parts))
            case AnyOf(parts=parts):
                return Some(tuple(self.node(part) for part in parts))
            case Text():
                literal = Literal(node.text, node.place, node.is_phrase, node.is_prefix, node.is_near)
                return self.words(literal, ALL)
            case Term():
                return self.term(node)

    def words(self, literal: Literal, where: str) -> Condition:
        """Ask for words in a place."""
        found, place = tuple(split(literal.text)), literal.place
        if not found:
            raise self.fail("there is no word in this that could be looked for", place)
        if literal.is_near:
            scope = NAMES if where == ALL else where
            return Every(tuple(Near(word, scope, place) for word in found))
        if literal.is_prefix:
            if len(found[-1]) < SHORTEST_PREFIX:
                raise self.fail(f"a word before * needs {SHORTEST_PREFIX} letters or more", place)
            begun = [WordStart(found[-1], where, place)]
            return Every((*(Word(word, where, place) for word in found[:-1]), *begun))
        if len(found) == 1 and not literal.is_quoted:
            return Word(found[0], where, place)
        return Words(found, where, place)

    def term(self, term: Term) -> Condition:
        name = term.field.lower()
        name = SHORT.get(name, name)
        if name.endswith(".status") and name.removesuffix(".status") in fields():
            return self.status(name, term)
        if name in OTHERS:
            return self.other(name, term)
        field = fields().get(name)
        if field is None:
            raise self._unknown(term)
        if (whole := self.presence(name, term)) is not None:
            return whole
        return _ASKED.get(field.kind, _Resolver.coded)(self, field, term)

    def _unknown(self, term: Term) -> QueryError:
        from difflib import get_close_matches

        near = get_close_matches(term.field.lower(), known_names(), n=2, cutoff=0.6)
        hint = (
            f"; did you mean {' or '.join(near)}?"
            if near
            else '; words with a colon need quotation marks: "a:b"'
        )
        place = Place(term.place.start, term.place.start + len(term.field))
        return self.fail(f"there is no field {term.field[:40]!r}{hint}", place)

    def presence(self, name: str, term: Term) -> Condition | None:
        """Read `field:none` and `field:any`; `None` when the value is one."""
        held = term.low
        if term.operator != ":" or held is None or held.is_quoted:
            return None
        there = Fact((f"has={name}",), term.place)
        if held.text.lower() == _NONE:
            return Without(there)
        return there if held.text.lower() == _ANY or held.text == "*" else None

    def other(self, name: str, term: Term) -> Condition:
        if name == "date":
            return self.presence(name, term) or self.dated(name, term)
        if name == "status":
            return self.status(name, term)
        if name == "year" and term.operator not in (":", "="):
            return self.dated("date", term)
        self.only(term, ":", "=")
        value = term.value
        if name == "has":
            named = SHORT.get(value.text.lower(), value.text.lower())
            if named not in fields() and named != "date":
                raise self.fail(f"there is no field {value.text[:40]!r} to have", value.place)
            return Fact((f"has={named}",), term.place)
        if name in _WHOLE:
            return self.fact(name, value)
        return self.words(value, _TEXTS[name])

    def status(self, name: str, term: Term) -> Condition:
        self.only(term, ":", "=")
        value = term.value
        if value.text.lower() not in set(Status):
            raise self.fail(f"a status is one of {', '.join(Status)}", value.place)
        return Fact((fold_fact(name, value.text),), term.place)

    def only(self, term: Term, *operators: str) -> None:
        if term.operator not in operators:
            raise self.fail(f"{term.field} cannot be compared with {term.operator}", term.place)

    def fact(self, name: str, value: Literal) -> Condition:
        shortest = _SHORTEST_ID if name == "id" else SHORTEST_PREFIX
        if value.is_prefix and len(value.text.strip()) < shortest:
            raise self.fail(f"{name} needs {shortest} characters or more before *", value.place)
        token = fold_fact(name, value.text)
        return FactStart(token, value.place) if value.is_prefix else Fact((token,), value.place)

    # One method for each kind of field.

    def named(self, field: Field, term: Term) -> Condition:
        self.only(term, ":", "=")
        if term.operator == "=":
            return self.fact(field.name, term.value)
        return self.words(term.value, field.name)

    def written(self, field: Field, term: Term) -> Condition:
        """Ask for a text; `=` is a phrase of it."""
        self.only(term, ":", "=")
        return self.words(term.value, field.name)

    def exact(self, field: Field, term: Term) -> Condition:
        self.only(term, ":", "=")
        return self.fact(field.name, term.value)

    def coded(self, field: Field, term: Term) -> Condition:
        self.only(term, ":", "=")
        value = term.value
        codes = self.codes(field, value)
        return Fact(tuple(fold_fact(field.name, code) for code in codes), term.place)

    def codes(self, field: Field, value: Literal) -> tuple[str, ...]:
        """Return the codes that a code, a label, an alias or the beginning of one may mean."""
        vocabulary = field.vocabulary or field.name
        if value.is_prefix:
            start = value.text.casefold()
            terms = get_vocabulary(vocabulary).values()
            found = tuple(
                term.id
                for term in terms
                if any(name.casefold().startswith(start) for name in (term.id, *term.names))
            )
            if found:
                return found
        elif terms_found := find_terms(vocabulary, value.text):
            return tuple(term.id for term in terms_found)
        try:
            return (check_value(field.name, value.text),)
        except CodebookError as wrong:
            raise self.fail(str(wrong), value.place) from wrong

    def region(self, field: Field, term: Term) -> Condition:
        """Ask for a region by its code, or by the name it was given where no code is known."""
        self.only(term, ":", "=")
        codes = [found.id for found in find_terms("us_state", term.value.text)]
        return Some(
            (self.fact(field.name, term.value), *(Fact((fold_fact(field.name, each),)) for each in codes))
        )

    def dated(self, field: Field | str, term: Term) -> Condition:
        name = field if isinstance(field, str) else field.name
        low = self.day(term.low) if term.low else None
        high = self.day(term.high) if term.high else None
        if term.operator == "=" and name != "date":
            return self.fact(name, term.value)
        first, last = self.stretch(term, low, high)
        if first and last and first > last:
            raise self.fail("this range ends before it begins", term.place)
        return Fact(tokens_asked(name, first, last), term.place)

    def day(self, literal: Literal) -> Edtf:
        try:
            return parse_edtf(literal.text)
        except CodebookError as wrong:
            raise self.fail(str(wrong), literal.place) from wrong

    def stretch(self, term: Term, low: Edtf | None, high: Edtf | None) -> tuple[date | None, date | None]:
        """Return the days that a date may fall in, `None` for an open side."""
        if term.operator == ".." or low is None:
            return low.earliest if low else None, high.latest if high else None
        match term.operator:
            case ">=":
                return low.earliest, None
            case "<=":
                return None, low.latest
            case ">":
                return self.after(low.latest, term), None
            case "<":
                return None, self.before(low.earliest, term)
            case _:
                return low.earliest, low.latest

    def after(self, day: date | None, term: Term) -> date:
        if day is None or day == date.max:
            raise self.fail("nothing comes after this date", term.place)
        return day + timedelta(days=1)

    def before(self, day: date | None, term: Term) -> date:
        if day is None or day == date.min:
            raise self.fail("nothing comes before this date", term.place)
        return day - timedelta(days=1)

    def counted(self, field: Field, term: Term) -> Condition:
        low = self.number(field, term.low) if term.low else None
        high = self.number(field, term.high) if term.high else None
        known = low or high or (0, 0, LARGEST)
        if low and high and low[1:] != high[1:]:
            raise self.fail("a range of money is in one currency", term.place)
        least, most = _between(term.operator, low, high, known[1], known[2])
        if low and high and least > most:
            raise self.fail("this range ends before it begins", term.place)
        return Number(field.name, least, most, term.place)

    def number(self, field: Field, literal: Literal) -> tuple[int, int, int]:
        found = parse_number(field, literal.text)
        if found is None:
            raise self.fail(f"{field.name} takes {_HOW_MUCH[field.kind]}", literal.place)
        return found


def _between(
    operator: str, low: tuple[int, int, int] | None, high: tuple[int, int, int] | None, least: int, most: int
) -> tuple[int, int]:
    if operator == ".." or low is None:
        return (low[0] if low else least), (high[0] if high else most)
    number = low[0]
    return {
        ">": (number + 1, most),
        ">=": (number, most),
        "<": (least, number - 1),
        "<=": (least, number),
    }.get(operator, (number, number))


_HOW_MUCH = {
    Kind.COUNT: "a number such as 1000000, 1,000,000, 10k or 2m",
    Kind.MONEY: 'an amount with its currency, such as USD2m or "USD 4,400,000"',
    Kind.DURATION: "a duration such as P3D or PT72H",
}

_ASKED: Mapping[Kind, Callable[[_Resolver, Field, Term], Condition]] = MappingProxyType(
    {
        Kind.TEXT: _Resolver.written,
        Kind.NAME: _Resolver.named,
        Kind.DATE: _Resolver.dated,
        Kind.COUNT: _Resolver.counted,
        Kind.MONEY: _Resolver.counted,
        Kind.DURATION: _Resolver.counted,
        Kind.REGION: _Resolver.region,
        Kind.DOMAIN: _Resolver.exact,
        Kind.IDENTIFIER: _Resolver.exact,
        Kind.REFERENCE: _Resolver.exact,
        Kind.INDICATOR: _Resolver.exact,
    }
)
