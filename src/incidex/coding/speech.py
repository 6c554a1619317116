"""Who says what: quotation marks, reporting verbs and the subjects that they belong to."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from incidex.coding.parties import Cast
from incidex.coding.phrases import NAME
from incidex.model import Span, Speaker

_VERB = (
    r"(?:said|says|say|claimed|confirmed|confirms|confirm|denied|denies|deny|told|tells|"
    r"wrote|writes|"
    r"acknowledged|acknowledges|insisted|insists|alleged|alleges|warned|warns|announced|announces|stated|"
    r"added|adds|admitted|admits|disclosed|believes|believe|rejects|rejected|refutes|refuted|disputes|"
    r"disputed|dismissed|dismisses|"
    r"blamed|blames|accused|accuses|repeated|explained|explains|complained|asserted|asserts|estimates|"
    r"advised|reads|"
    r"doubts|doubt|thinks|declared|noted|revealed|argued|attributed|attributes|described|called|"
    r"reported(?!\sthe\s\w+\sto\b)|reports(?=\s(?:an?|its)\b)|claims?(?=\s(?:that|to|it|he|she|they|\d)\b)|"
    r"notes(?=\sthat\b)|states(?=\sthat\b)|calls(?=\s(?:it|the|this)\b))"
)
_NOUN = (
    r"(?:(?:[Tt]he|[Ii]ts|[Aa]n?|[Tt]heir|[Oo]ne|[Tt]wo|[Tt]hree|[Ss]ome|[Oo]ther|[Mm]any|[Ss]everal|"
    r"[Ii]ndependent|[Ss]ecurity)\s)?"
    r"(?:[a-z][\w’'\-]{0,30}\s){0,4}?[a-zA-Z][\w’'\-]{0,30}"
)
#: The subject at the very end of what stands before a verb.
_SUBJECT = re.compile(
    rf"(?<![\w’'])(?P<who>(?:[Aa]\sspokes\w+\sfor\s|[Ii]ts\s|[Tt]he\s|"
    rf"[Aa]n?\s)?(?:[a-z][\w’'\-]{{0,30}}\s){{0,5}}(?:of\s|for\s|at\s|by\s)?(?:the\s)?{NAME}"
    rf"|{_NOUN}(?:\sbehind\sthe\s\w+)?|\b[Ii]t|\b[Hh]e|\b[Ss]he|\b[Tt]hey|\b[Ww]e)"
    r"(?:,\s[^,]{1,140},|\s(?:who|which)\s[^,.]{1,80})?"
    r"\s(?:(?:has|have|had|also|later|now|since|then|today|yesterday|initially|repeatedly|first|does|do|"
    r"did|not)\s){0,3}$"
)
_REPORTS = re.compile(rf"\b{_VERB}\b")
_ACCORDING = re.compile(
    rf"[Aa]ccording\sto\s(?P<who>(?:the\s|a\s|its\s)?(?:[a-z][\w\-]{{0,30}}\s){{0,4}}(?:{NAME}|"
    rf"[a-z]{{3,30}}))"
)
_STATEMENT = re.compile(
    rf"\b(?P<who>{NAME}|[Tt]he\s[a-z]+)['’]s\s(?:statement|notice|letter|filing)\s(?:reads|says|said)"
)
_QUOTES = re.compile(r"“[^“”]{2,2000}”|\"[^\"\n]{2,2000}\"|(?<!\w)‘[^‘’\n]{2,400}’(?!\w)")
_QUOTED_WORDS = 4

#: "… are said to be": nobody in particular says so.
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s$")
#: Verbs that may stand before their subject: "…, said Acme".
_INVERTING = frozenset(
    {"said", "says", "wrote", "writes", "reported", "added", "adds", "warned", "explained"}
)
#: More reporting verbs than this in one sentence are no speech, but a list or an attack on the reader.
_MOST_VERBS = 24
_TOPIC = re.compile(
    rf"[“\"'‘]?(?P<who>{NAME}|(?:The|A|Its|Their)\s(?:[a-z][\w\-]{{0,30}}\s){{0,3}}[a-z]\w{{1,30}})"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of text and whose words, in quotation or retold, it holds."""

    span: Span
    speaker: Speaker


class Speech:
    """All the speech of a report, ready to be asked who says what stands at a place."""

    def __init__(self, found: Sequence[Utterance], publisher: Speaker) -> None:
        """Order the utterances; where two overlap, the later beginning is the inner one and wins."""
        self._found = sorted(found, key=lambda each: (each.span.start, -each.span.end))
        self._starts = [each.span.start for each in self._found]
        self._publisher = publisher

    def speaker_at(self, span: Span) -> Speaker:
        """Return who says the words at `span`; the publisher when nobody else does."""
        last = bisect_right(self._starts, span.start)
        for each in reversed(self._found[max(0, last - 12) : last]):
            if each.span.end >= span.end:
                return each.speaker
        return self._publisher


def read_speech(text: str, sentences: Sequence[Span], cast: Cast) -> Speech:
    """Read all utterances of a text, sentence by sentence, remembering who spoke last."""
    return Speech(list(_utterances(text, sentences, cast)), cast.publisher)


def _utterances(text: str, sentences: Sequence[Span], cast: Cast) -> Iterator[Utterance]:
    last: Speaker | None = None
    previous: Span | None = None
    for sentence in sentences:
        if previous and "\n\n" in text[previous.end : sentence.start]:
            last = (
                last
                if last and last.role != cast.publisher.role and _opens_with_pronoun(text, sentence)
                else None
            )
        found = list(_in_sentence(text, sentence, cast, last))
        yield from found
        last = found[-1].speaker if found else _topic(text, sentence, cast) or last
        previous = sentence
    yield from _long_quotes(text, sentences, cast)


def _opens_with_pronoun(text: str, sentence: Span) -> bool:
    return bool(re.match(r"[“\"]?(?:It|He|She|They)\b", text[sentence.start : sentence.start + 8]))


def _topic(text: str, sentence: Span, cast: Cast) -> Speaker | None:
    """Return the party that a sentence is about: whom "it" in the next one means."""
    match = _TOPIC.match(text, sentence.start, min(sentence.end, sentence.start + 120))
    return cast.resolve(match["who"]) if match else None


def _in_sentence(text: str, sentence: Span, cast: Cast, last: Speaker | None) -> Iterator[Utterance]:
    begin = sentence.start
    for match in _STATEMENT.finditer(text, sentence.start, sentence.end):
        yield from _said(cast.resolve(match["who"], last), match.end(), sentence.end)
    for match in _ACCORDING.finditer(text, sentence.start, sentence.end):
        leads = match.start() - sentence.start < 3
        start, end = (match.end(), sentence.end) if leads else (sentence.start, match.start())
        yield from _said(cast.resolve(match["who"], last), start, end)
    for verb in islice(_REPORTS.finditer(text, sentence.start, sentence.end), _MOST_VERBS):
        if _PASSIVE.search(text, max(begin, verb.start() - 12), verb.start()):
            continue
        reach = 260 if text[verb.start() - 2 : verb.start()] == ", " else 160
        speaker, subject = _subject(text, max(begin, verb.start() - reach), verb.start(), cast, last)
        if speaker is None:
            speaker, end = _inverted(text, verb, sentence, cast, last)
            if speaker:
                yield from _said(speaker, sentence.start, end)
            continue
        last = speaker
        yield from _content(text, sentence, subject, verb.end(), speaker)
        begin = verb.end()


def _content(text: str, sentence: Span, subject: int, verb: int, speaker: Speaker) -> Iterator[Utterance]:
    """Yield what a verb governs: what follows it, or what stood before ", X said."."""
    head = text[sentence.start : subject].rstrip()
    rest = text[verb : sentence.end].strip(' .”"\n')
    closes = head.endswith((",", "”", '"', "’", ",’")) and len(head) > 12
    if closes:
        yield from _said(speaker, sentence.start, subject)
    if not closes or len(rest) > 20:
        yield from _said(speaker, subject, sentence.end)


def _said(speaker: Speaker | None, start: int, end: int) -> Iterator[Utterance]:
    if speaker is not None and start < end:
        yield Utterance(Span(start, end), speaker)


def _subject(text: str, start: int, end: int, cast: Cast, last: Speaker | None) -> tuple[Speaker | None, int]:
    """Return who the subject of the verb at `end` is, and where its words begin."""
    found = _SUBJECT.search(text, start, end)
    while found:
        speaker = cast.resolve(found["who"], last)
        if speaker is not None:
            return speaker, found.start()
        found = _SUBJECT.search(text, found.start("who") + 1, end) if found.start("who") + 1 < end else None
    return None, end


def _inverted(
    text: str, verb: re.Match[str], sentence: Span, cast: Cast, last: Speaker | None
) -> tuple[Speaker | None, int]:
    """Read "…, said X": the verb stands after a comma or a quotation and before its subject."""
    if verb.group() not in _INVERTING or not re.search(
        r"[,”\"’]\s?$", text[max(sentence.start, verb.start() - 3) : verb.start()]
    ):
        return None, 0
    match = re.match(
        rf"\s((?:the\s|a\s|its\s)?(?:[a-z][\w\-]{{0,30}}\s){{0,4}}?(?:{NAME}|[a-z]{{3,30}}))",
        text[verb.end() : sentence.end],
    )
    return (cast.resolve(match[1], last), verb.start()) if match else (None, 0)


def _long_quotes(text: str, sentences: Sequence[Span], cast: Cast) -> Iterator[Utterance]:
    """Give a quotation that runs over several sentences to whoever its first or last sentence names."""
    starts = [each.start for each in sentences]
    for match in _QUOTES.finditer(text):
        if match.group().count(" ") < _QUOTED_WORDS:
            continue
        first = bisect_right(starts, match.start()) - 1
        final = bisect_right(starts, match.end() - 1) - 1
        if first < 0 or (final == first and match.end() < sentences[first].end - 2):
            continue
        near = sorted({first, final, min(final + 1, len(sentences) - 1)})
        for index in near:
            heard = [
                each
                for each in _in_sentence(text, sentences[index], cast, None)
                if not _is_quoted(each, match)
            ]
            if heard:
                yield Utterance(Span(match.start(), match.end()), heard[0].speaker)
                break


def _is_quoted(each: Utterance, quote: re.Match[str]) -> bool:
    return quote.start() < each.span.start and each.span.end <= quote.end()
