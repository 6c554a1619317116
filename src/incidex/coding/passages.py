"""The passages of a report: who says what stands at a place, and whether they assert, deny or doubt it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from incidex.coding.base import Prepared
from incidex.coding.parties import Cast, make_cast
from incidex.coding.speech import Speech, read_speech
from incidex.coding.stance import read_stance
from incidex.model import Role, Span, Speaker, Stance


@dataclass(frozen=True)
class Passages:
    """A prepared text with who speaks in it."""

    prepared: Prepared
    cast: Cast
    speech: Speech
    bylines: tuple[Span, ...]  # where a newspaper's own name stands; it says nothing of the incident
    known: dict[Span, Stance | None] = field(default_factory=dict)  # several coders read the same words

    def stance_at(self, span: Span) -> Stance | None:
        """Return what the passage does with the words at a span; `None` when it claims nothing of them."""
        if span not in self.known:
            self.known[span] = read_stance(self.prepared.text, self.sentence_of(span), span)
        return self.known[span]

    def speaker_at(self, span: Span) -> Speaker:
        """Return who says the words at a span; the publisher when nobody else does."""
        return self.speech.speaker_at(span)

    def sentence_of(self, span: Span) -> Span:
        """Return the sentence that a span begins in."""
        index = self.prepared.places.at(span.start)
        return self.prepared.sentences[index] if index >= 0 else span


def read_passages(prepared: Prepared, victim: str) -> Passages:
    """Read who speaks in a text, given the victim that was read in it."""
    cast = make_cast(prepared.report, prepared.text, victim)
    speech = read_speech(prepared, cast)
    return Passages(prepared, cast, speech, tuple(_bylines(prepared)))


def _bylines(prepared: Prepared) -> Iterator[Span]:
    source = prepared.report.source if prepared.report else None
    if source is None or source.role is not Role.PRESS:
        return
    start = prepared.text.find(source.name)
    while start >= 0:
        yield Span(start, start + len(source.name))
        start = prepared.text.find(source.name, start + len(source.name))
