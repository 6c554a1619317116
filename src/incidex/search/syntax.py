"""What a query says, as a tree: made by the parser, read by everyone who evaluates queries."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidex.model import InputError


class QueryError(InputError):
    """A query that cannot be understood, and the place where that shows.

    `at` and `length` are characters of `query`; `sides` are the query and a line of carets under the place.
    """

    def __init__(self, message: str, query: str, at: int, length: int = 1) -> None:
        super().__init__(f"{message} (at character {at + 1})")
        self.message = message
        self.query = query
        self.at = min(at, len(query))
        self.length = max(1, min(length, len(query) - self.at))

    @property
    def before(self) -> str:
        """The query up to the place."""
        return self.query[: self.at]

    @property
    def there(self) -> str:
        """The characters at the place; nothing when something is missing at the end."""
        return self.query[self.at : self.at + self.length]

    @property
    def after(self) -> str:
        """The query after the place."""
        return self.query[self.at + self.length :]

    @property
    def sides(self) -> tuple[str, str]:
        """Return a line of the query around the place, and one with carets under it."""
        begin = max(0, self.at - 60)
        line = self.query[begin : self.at + self.length + 40]
        shown = "".join(sign if sign.isprintable() else " " for sign in line)
        carets = min(self.length, max(1, len(shown) - (self.at - begin)))
        return shown, " " * (self.at - begin) + "^" * carets


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the query something stands: half-open, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be found anywhere in a record."""

    text: str
    place: Place
    is_phrase: bool = False  # these words, in this order and form
    is_prefix: bool = False  # words that begin so
    is_near: bool = False  # names that are spelled nearly so


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written."""

    text: str
    place: Place
    is_quoted: bool = False
    is_prefix: bool = False
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A field and what its value is to be.

    `operator` is ":" (the field's own idea of holding it), "=" (exactly), "<", "<=", ">", ">=" or "..";
    a range has two values, of which one may be `None`.
    """

    field: str
    operator: str
    low: Literal | None
    high: Literal | None
    place: Place

    @property
    def value(self) -> Literal:
        """The one value of a term that is no range."""
        held = self.low or self.high
        if held is None:
            raise ValueError("a term has a value")
        return held


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: "Node"
    place: Place


@dataclass(frozen=True, slots=True)
class All:
    """Everything that must be so; of no parts, every record."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What may be so, one of it at least."""

    parts: tuple["Node", ...]


Node = Text | Term | Not | All | AnyOf

#: Finds every record.
EVERYTHING = All(())


@dataclass(frozen=True, slots=True)
class Query:
    """A query: what was written, and what it says."""

    text: str
    root: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must all be so, as far as the query is a plain list of it."""
        return self.root.parts if isinstance(self.root, All) else (self.root,)


def leaves(node: Node, *, wanted: bool = True) -> Iterator[tuple[Text | Term, bool]]:
    """Yield each word and term of a query, with whether it is wanted or to be absent."""
    match node:
        case Not(part=part):
            yield from leaves(part, wanted=not wanted)
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part, wanted=wanted)
        case _:
            yield node, wanted
