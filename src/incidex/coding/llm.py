"""A language model as a coder: it is asked for claims with quotations, and what does not hold is left out.

The model sees the text as data between two marks, and what it answers can become nothing but a claim: each
value must be of a field of the codebook, in its words, with a quotation that stands verbatim in the text. The
endpoint is an argument, so that nothing here speaks to a network.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from incidex.coding.answers import Refusal, check, parse_answer
from incidex.coding.base import Coder, Prepared, Reading
from incidex.coding.questions import MAX_WINDOWS, Question, make_question, windows
from incidex.model import Document, Span

#: Raise it when the question or the checks change, so that old claims keep their author.
_VERSION = 1

_UNNAMEABLE = re.compile(r"[^\w.:/-]")
_LONGEST_NAME = 64


class Client(Protocol):
    """Whoever brings a question to a model and its answer back."""

    @property
    def model(self) -> str:
        """The name that the claims are signed with."""

    def ask(self, question: Question) -> str:
        """Return the model's words; raise `SourceError` when there is no getting any."""


@dataclass(frozen=True)
class Answered:
    """What a model read in one text, after every value was checked."""

    readings: tuple[Reading, ...]
    refused: Mapping[str, int]  # why values were left out, and how many
    questions: int  # one for each window of the text
    unread: int = 0  # characters at the end that were not sent, because the text is too long

    @property
    def note(self) -> str:
        """Say what was kept and what was not, for the person who reads the record."""
        words = [f"{len(self.readings)} values kept of {len(self.readings) + sum(self.refused.values())}"]
        words += [f"{count} left out: {reason}" for reason, count in sorted(self.refused.items())]
        words += [f"the last {self.unread:,} characters were not sent"] if self.unread else []
        return "; ".join(words)


def ask(client: Client, document: Document) -> Answered:
    """Have a model read a document, window by window; raise `SourceError` when the endpoint fails."""
    refused: Counter[str] = Counter()
    readings: dict[Reading, None] = {}
    cut = list(windows(document.text))
    for window in cut[:MAX_WINDOWS]:
        answer = parse_answer(client.ask(make_question(window.text)))
        refused.update(answer.refused)
        for said in answer.said:
            found = check(said, window, client.model)
            if isinstance(found, Refusal):
                refused[found] += 1
            else:
                readings[found] = None
    unread = len(document.text) - cut[MAX_WINDOWS - 1].end if len(cut) > MAX_WINDOWS else 0
    return Answered(tuple(readings), dict(refused), min(len(cut), MAX_WINDOWS), unread)


def to_coders(client: Client, answered: Answered, document: Document) -> Mapping[str, Coder]:
    """Return what a model has read in a document as a coder, under the name that signs its claims.

    The coder is given the document, or one passage of it, or all of it with the background blanked out: of
    what the model read it returns what stands there.
    """
    name = _UNNAMEABLE.sub("-", client.model)[:_LONGEST_NAME]

    def read_answers(prepared: Prepared) -> Iterator[Reading]:
        before = max(0, document.text.find(prepared.text))  # not found: blanked out, and nothing has moved
        for reading in answered.readings:
            words = reading.span.within(document.text)
            start = reading.span.start - before
            if start >= 0 and prepared.text.startswith(words, start):
                yield reading._replace(span=Span(start, start + len(words)))

    return {f"llm:{name}@{_VERSION}": read_answers}
