"""From a query's text to its tree: recursive descent, pure, and clear about what it cannot understand.

query := any
any   := every ("OR" every)*
every := one (["AND"] one)*
one   := ("-" | "NOT") one | "(" any ")" | field value | word | quotation
value := [":" "=" | "<" | "<=" | ">" | ">="] literal | literal ".." literal | "(" literal* ")"
"""

from incidex.search.scan import Sign, Sort, scan
from incidex.search.syntax import (
    EVERYTHING,
    All,
    AnyOf,
    Literal,
    Node,
    Not,
    Place,
    Query,
    QueryError,
    Term,
    Text,
)

#: Brackets and negations inside each other; nobody means more.
DEEPEST = 20

_OPERATORS = (">=", "<=", ">", "<", "=")
_STARTS = frozenset(
    {Sort.WORD, Sort.QUOTED, Sort.FIELD, Sort.OPEN, Sort.MINUS, Sort.NOT},
)


def parse(text: str) -> Query:
    """Return what a query says; raise `QueryError` pointing at what is wrong with it.

    Whether its fields exist and hold such values is for `resolve` to say.
    """
    return Query(text, _Parser(text).parse())


class _Parser:
    def __init__(self, query: str) -> None:
        self._query = query
        self._signs = scan(query)
        self._at = 0
        self._depth = 0

    def _next(self) -> Sign:
        return self._signs[self._at]

    def _take(self) -> Sign:
        sign = self._next()
        self._at += 1
        return sign

    def _fail(self, message: str, sign: Sign) -> QueryError:
        return QueryError(message, self._query, sign.start, sign.end - sign.start)

    def parse(self) -> Node:
        if self._next().sort is Sort.END:
            return EVERYTHING
        found = self._any()
        if self._next().sort is not Sort.END:
            raise self._fail("this bracket closes nothing", self._next())
        return found

    def _any(self) -> Node:
        parts = [self._every()]
        while self._next().sort is Sort.OR:
            self._take()
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _every(self) -> Node:
        parts = [self._one()]
        while True:
            if self._next().sort is Sort.AND:
                self._take()
            elif self._next().sort not in _STARTS:
                break
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Node:
        sign = self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fail(f"brackets and negations go at most {DEEPEST} deep", sign)
        found = self._begin(sign)
        self._depth -= 1
        return found

    def _begin(self, sign: Sign) -> Node:
        match sign.sort:
            case Sort.MINUS | Sort.NOT:
                if self._next().sort not in _STARTS:
                    raise self._fail(f"nothing follows {sign.text} that could be left out", sign)
                part = self._one()
                return Not(part, Place(sign.start, self._signs[self._at - 1].end))
            case Sort.OPEN:
                return self._bracket(sign)
            case Sort.FIELD:
                return self._term(sign)
            case Sort.QUOTED:
                return Text(sign.text, Place(sign.start, sign.end), is_phrase=True)
            case Sort.WORD:
                return self._word(sign)
            case Sort.END:
                raise self._fail("the query ends where something should follow", sign)
            case _:
                raise self._fail(f"nothing stands before {sign.text}", sign)

    def _bracket(self, opening: Sign) -> Node:
        if self._next().sort is Sort.CLOSE:
            raise self._fail("there is nothing in these brackets", opening)
        found = self._any()
        if self._take().sort is not Sort.CLOSE:
            self._at -= 1
            raise self._fail("this bracket is never closed", opening)
        return found

    def _word(self, sign: Sign) -> Node:
        if sign.text == "*":
            return EVERYTHING
        held = self._literal(sign)
        return Text(held.text, held.place, is_prefix=held.is_prefix, is_near=held.is_near)

    def _literal(self, sign: Sign, text: str | None = None, start: int | None = None) -> Literal:
        """Read a word with the signs that may end it: `*` for what begins so, `~` for what is nearly so."""
        held = sign.text if text is None else text
        begin = sign.start if start is None else start
        place = Place(begin, begin + len(held))
        ending = held[-1:] if len(held) > 1 else ""
        word = held[:-1] if ending in ("*", "~") and ending else held
        if "*" in word:
            at = begin + word.index("*")
            raise QueryError("a * stands at the end of a word only", self._query, at)
        return Literal(word, place, is_prefix=ending == "*", is_near=ending == "~")

    def _term(self, field: Sign) -> Node:
        value = self._take()
        if value.sort is Sort.OPEN:
            return self._alternatives(field)
        if value.sort is Sort.QUOTED:
            return self._made(field, ":", value)
        if value.sort in (Sort.END, Sort.CLOSE) or not value.is_glued:
            raise self._fail(f"{field.text}: needs a value right after the colon", field)
        return self._compared(field, value)

    def _alternatives(self, field: Sign) -> Node:
        """Read `field:(one OR other)`; what stands in the brackets are values of the field."""
        parts: list[Node] = []
        while (sign := self._take()).sort is not Sort.CLOSE:
            if sign.sort is Sort.END:
                raise self._fail("this bracket is never closed", field)
            if sign.sort is Sort.OR:
                continue
            if sign.sort not in (Sort.WORD, Sort.QUOTED):
                raise self._fail("between these brackets stand values and OR, nothing else", sign)
            parts.append(
                self._made(field, ":", sign) if sign.sort is Sort.QUOTED else self._compared(field, sign)
            )
        if not parts:
            raise self._fail("there is nothing in these brackets", field)
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _compared(self, field: Sign, value: Sign) -> Node:
        for operator in _OPERATORS:
            if value.text.startswith(operator):
                return self._after_operator(field, operator, value)
        low, dots, high = value.text.partition("..")
        if dots:
            return self._range(field, value, low, high)
        return self._made(field, ":", value)

    def _after_operator(self, field: Sign, operator: str, value: Sign) -> Term:
        rest = value.text[len(operator) :]
        if rest:
            literal = self._literal(value, rest, value.start + len(operator))
        elif self._next().sort is Sort.QUOTED and self._next().is_glued:
            quoted = self._take()
            literal = Literal(quoted.text, Place(quoted.start, quoted.end), is_quoted=True)
        else:
            raise self._fail(f"{operator} needs a value after it", value)
        return Term(field.text, operator, literal, None, Place(field.start, literal.place.end))

    def _range(self, field: Sign, value: Sign, low: str, high: str) -> Term:
        if not low and not high:
            raise self._fail("a range needs a value on one side: 2017..2019, 2017.. or ..2019", value)
        left = self._literal(value, low) if low else None
        start = value.start + len(low) + 2
        right = self._literal(value, high, start) if high else None
        return Term(field.text, "..", left, right, Place(field.start, value.end))

    def _made(self, field: Sign, operator: str, value: Sign) -> Term:
        place = Place(field.start, value.end)
        if value.sort is Sort.QUOTED:
            literal = Literal(value.text, Place(value.start, value.end), is_quoted=True)
        else:
            literal = self._literal(value)
        return Term(field.text, operator, literal, None, place)
