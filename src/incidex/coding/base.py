"""What a coder is given, and what it gives back."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from incidex.coding.lexicon import Hit, Lexicon, Scanner, Sentences
from incidex.coding.patterns import to_small
from incidex.model import Document, Report, Span
from incidex.text import sentences

T = TypeVar("T")

#: Surrogates that stand alone (Unicode, section 23.6): no encoding can write them, no pattern read them.
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Prepared:
    """A document with what every coder needs of it, worked out once."""

    document: Document
    published: str = ""  # EDTF; relative dates are counted from it
    report: Report | None = None  # who published it, and under which title
    scanner: Scanner | None = None  # finds the words of many coders in one pass
    shown: str = ""  # the document's text with the capitals that it lacks; as long as the text
    known: dict[Callable[..., Any], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def text(self) -> str:
        """The document's clean text as coders see it: with capitals, and a mark for half a character."""
        text = self.shown or self.document.text
        try:
            text.encode()
        except UnicodeEncodeError:
            return _HALF.sub("\ufffd", text)
        return text

    @cached_property
    def small(self) -> str:
        """The text in small letters, as long as it is: for patterns that take no heed of case."""
        return to_small(self.text)

    def find(self, lexicon: Lexicon) -> Sequence[Hit]:
        """Return where the lexicon's terms stand; from the one pass over the text, if it has part in it."""
        shared = self._scanned.get(lexicon)
        return lexicon.find(self.text) if shared is None else shared

    @cached_property
    def _scanned(self) -> Mapping[Lexicon, Sequence[Hit]]:
        return self.scanner.scan(self.text) if self.scanner else {}

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Spans of the sentences, in order and disjoint."""
        return sentences(self.document.text)

    def once(self, read: "Coder") -> Sequence["Reading"]:
        """Return what a coder reads in this text, read once however many ask for it."""
        found: tuple[Reading, ...] | None = self.known.get(read)
        if found is None:
            found = self.known[read] = tuple(read(self))
        return found

    def made(self, make: Callable[["Prepared"], T]) -> T:
        """Return what is made of this text, made once however many ask for it."""
        if make not in self.known:
            self.known[make] = make(self)
        found: T = self.known[make]
        return found

    @cached_property
    def places(self) -> Sentences:
        """Which sentence a place stands in."""
        return Sentences(self.sentences)


class Reading(NamedTuple):
    """A field's value as it stands in the text, before it is known who says it.

    A reading with `speaker` or `stance` left empty takes them from the passage it stands in.
    """

    field: str
    value: str
    span: Span
    confidence: float = 0.8
    why: str = ""
    speaker: str = ""  # a name, when the coder itself read who says it
    stance: str = ""  # a `Stance`, when the coder itself read it
    focus: Span | None = None  # the words within a long span whose speaker and stance are meant


#: Reads one kind of value from a document. Pure: the same document gives the same readings.
Coder = Callable[[Prepared], Iterable[Reading]]
