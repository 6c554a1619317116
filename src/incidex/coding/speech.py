"""Who says what: reporting verbs, the subjects that they belong to, and quotation marks."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from incidex.coding.base import Prepared
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Hit, Lexicon
from incidex.coding.parties import Cast
from incidex.coding.subjects import Phrase, find_subject, kinds, parse
from incidex.model import Role, Span, Speaker

#: A quotation: curly, straight, low or angle marks. One that is never closed is none.
_QUOTES = re.compile(
    r"“[^“”]{2,2000}”|„[^„“”]{2,2000}[“”]|«[^«»]{2,2000}»|\"[^\"\n]{2,2000}\"|‘(?<!\w‘)[^‘’\n]{2,400}’(?!\w)"
)
_MARKS = ("“", '"', "«", "„", "‘")
#: Fewer words between marks than this are a term or a phrase, not a person's sentence.
_QUOTED_WORDS = 4
#: More reporting verbs than this in one sentence are no speech, but a list or an attack on the reader.
_MOST_VERBS = 24
#: What a limited verb is followed by when it reports: "notes that", "calls it", "put the number".
_OBJECT = re.compile(
    r"\s(?:that|it|he|she|they|the (?:number|figure|total|loss|damage|count|toll)|him|them|this|an?|its|at|"
    r"nearer|closer)\b|:|\s?[“\"„«]"
)
#: What a claim of a policy, and a report to an authority, are followed by, and speech is not.
_NOT_SPEECH = re.compile(
    r"\s(?:with|in|about|of|for|from|by|on|data|history|information|records|were|was|are|is)\b"
)
#: What a verb of deeds is followed by when something is said: "disclosed that", "notified users of a breach".
_SAID_THAT = re.compile(
    r"[^.;:,]{0,40}?\s(?:that|how|it|they|he|she)\b|\s(?:of|on|in|yesterday|today|last)\s|"
    r"\s(?:an?|the|its|no)\s(?:\w{1,20}\s){0,3}(?:breach|attack|hack|incident|leak|intrusion|compromise|"
    r"theft|loss|"
    r"sign|evidence)"
    r"|\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|:"
)
_THIRD = frozenset({"it", "he", "she", "who", "which", "that", "also", "now", "still"})
_REPORTED_TO = re.compile(r"\sthe\s\w{1,20}\sto\b")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|also)\s(?:\w{2,20}ly\s)?\Z")
_BEFORE_INVERTED = re.compile(r"[,”\"’»“?!]\s?\Z")
_INVERTED = re.compile(
    r"\s([^.;:!?“”\"«»„()]{2,140}?)(?=[.;:“”\"«»„(]|,\s(?!\w{1,20}\sof\b)|\Z|"
    r"\s(?:in|on|who|which|as|when|after|while|and)\s)"
)
_ASIDE = re.compile(r",\s([^.;:!?“”\"«»„()]{2,120}?)(?=[.,;:“”\"«»„(]|\Z)")
#: What a victim does that nobody else does, and what the accused does.
_ADMITS = re.compile(
    r"(?:acknowledge|admit|concede|disclose|apologi|notified|informed|confirm|is notifying)", re.IGNORECASE
)
_NOT_ME = re.compile(
    r"(?:den|reject|disput|dismiss|refut)[^.]{0,50}\b"
    r"(?:involve|responsib|behind|accus|alleg|part in|nothing to do)"
    r"|[^.]{0,40}\bnothing (?:whatsoever )?to do with",
    re.IGNORECASE,
)
#: An actor that is only known by its page.
_SITE = re.compile(r"^(?:the|a|an|its)\s(?:[a-z\-]+\s){0,4}(?:site|website|page|blog)\Z")
_NO_SUBJECT = re.compile(
    r"^(?:that|it|in|on|to|there|he|she|they|we)\s"
    r"|\s(?:had|has|was|were|is|are|would|will|have|that)(?:\s|\Z)"
)
_TOPIC = re.compile(r"[“\"'‘]?([A-Z][^.;:!?,“”\"«»„()\n]{1,90})")
#: "That, at least, is what a seller claims": the sentence before is the seller's too. But "that is not true".
_ECHO = re.compile(
    r"(?:That|This|So|Such|Those|These)\b(?![^.;:]{0,40}\b(?:not|never|no|false|untrue|fake|wrong)\b)[^.;:“”\"]{0,60}\Z"
)
#: "…, something Beijing denies": what stands before is somebody else's.
_OF_IT = re.compile(
    r"(?:something|an? (?:claim|charge|allegation|accusation|version|figure|number)|which|claims|charges)\b",
    re.IGNORECASE,
)
#: Openings of a clause that a speaker at the end of the sentence need not have said.
_NOT_SAID = re.compile(
    r"(?:asked|although|though|while|whereas|if|when|after|before|speaking|despite|contrary|unlike|since|"
    r"as)\b",
    re.IGNORECASE,
)


@cache
def _verbs() -> Mapping[str, str]:
    rows = read_rows("verbs")
    kinds = {verb.replace("_", " "): kind for kind, verbs in rows for verb in verbs.split()}
    return kinds | {
        "according to": "according",
        "as per": "according",
        "in the words of": "according",
        "per the": "per",
    }


@cache
def lexicon() -> Lexicon:
    """Return the reporting verbs."""
    return Lexicon(_verbs())


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the reading of speech waits for."""
    return (lexicon(),)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of text and whose words, in quotation or retold, it holds."""

    span: Span
    speaker: Speaker
    verb: int = -1  # where its reporting verb stands


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


def read_speech(prepared: Prepared, cast: Cast) -> Speech:
    """Read all utterances of a text, sentence by sentence, remembering who spoke last."""
    hits = prepared.find(lexicon())
    quotes = _quotes(prepared.text)
    if not hits and not quotes:
        return Speech((), cast.publisher)
    return Speech(_Listener(prepared, cast, quotes).listen(hits), cast.publisher)


def _quotes(text: str) -> list[Span]:
    if not any(mark in text for mark in _MARKS):
        return []
    return [Span(*match.span()) for match in _QUOTES.finditer(text)]


class _Listener:
    """One pass over the sentences of a text that have a reporting verb in them."""

    def __init__(self, prepared: Prepared, cast: Cast, quotes: Sequence[Span]) -> None:
        self._text = prepared.text
        self._sentences = prepared.sentences
        self._places = prepared.places
        self._cast = cast
        self._quotes = quotes
        self._opens = [each.start for each in quotes]
        self._found: list[Utterance] = []
        self._last: Speaker | None = None  # who spoke last
        self._heard = -1  # in which sentence
        self._before: Speaker | None = None  # whom "it" means in the sentence at hand
        self._asked = True  # whether that has been worked out
        self._number = 0  # of the sentence at hand
        self._people: dict[str, Speaker] = {}  # by surname, whom a person speaks for

    def listen(self, hits: Sequence[Hit]) -> list[Utterance]:
        """Return the utterances of the sentences that the verbs stand in."""
        for number, verbs in groupby(hits, key=lambda hit: self._places.at(hit.start)):
            if number >= 0:
                self._in_sentence(number, list(verbs)[:_MOST_VERBS])
        self._found.extend(self._long_quotes())
        self._join_sites()
        return self._name_victim()

    def _join_sites(self) -> None:
        """Give one name to a site that is called "the site", "the website", "the people behind the page"."""
        names = Counter(
            each.speaker.name
            for each in self._found
            if each.speaker.role is Role.ACTOR and _SITE.search(each.speaker.name)
        )
        if len(names) < 2:
            return
        site = Speaker(names.most_common(1)[0][0], Role.ACTOR)
        self._found = [
            replace(each, speaker=site)
            if each.speaker.role is Role.ACTOR and each.speaker.name in names
            else each
            for each in self._found
        ]

    def _name_victim(self) -> list[Utterance]:
        """Make a victim of the organisation that admits it, where no coder read who the victim is.

        Else "the company" would be nobody, and its words those of a bystander.
        """
        if self._cast.victim or self._cast.publisher.role is Role.VICTIM:
            return self._found
        victim = self._principal()
        if not victim:
            return self._found
        cast = replace(self._cast, victim=victim)
        return [replace(each, speaker=cast.as_victim(each.speaker)) for each in self._found]

    def _principal(self) -> str:
        """Return who speaks like the victim: who admits it, else who speaks most and denies no blame."""
        weights: Counter[str] = Counter()
        for each in self._found:
            if each.speaker.role is not Role.NAMED_PARTY or each.speaker.name[0].islower():
                continue
            words = self._text[each.verb : each.verb + 80]
            weights[each.speaker.name] += -9 if _NOT_ME.match(words) else 3 if _ADMITS.match(words) else 1
        name, weight = max(weights.items(), key=lambda item: item[1], default=("", 0))
        if weight > 0:
            return self._cast.spell_out(name, self._text)
        if any(each.speaker.role is Role.VICTIM for each in self._found):
            return self._first_named()
        return ""

    def _first_named(self) -> str:
        """Return the party that the report begins with, or ""."""
        for sentence in self._sentences[:2]:
            topic = self._topic(sentence)
            if topic is not None and topic.role is Role.NAMED_PARTY and topic.name[0].isupper():
                return topic.name
        return ""

    # ------------------------------------------------------------------------------------------- one sentence

    def _in_sentence(self, number: int, verbs: Sequence[Hit]) -> None:
        sentence = self._sentences[number]
        self._asked = False
        self._number = number
        floor = sentence.start
        for hit in verbs:
            if hit.start < floor or self._is_quoted(hit) or not self._is_speech(hit):
                continue
            speaker, scope = self._speaker_of(hit, sentence, floor)
            if speaker is None:
                continue
            for span in scope:
                self._found.append(Utterance(span, speaker, hit.start))
            floor, self._before, self._asked = hit.end, speaker, True
            self._last, self._heard = speaker, number

    def _spoke_before(self) -> Speaker | None:
        """Return whom "it" and "the company" mean: who spoke in this sentence, else before it."""
        if not self._asked:
            self._before, self._asked = self._last_before(self._number), True
        return self._before

    def _last_before(self, number: int) -> Speaker | None:
        if number == 0:
            return None
        sentence, previous = self._sentences[number], self._sentences[number - 1]
        is_new = "\n\n" in self._text[previous.end : sentence.start]
        last = self._last if self._heard == number - 1 else self._topic(previous) or self._last
        if is_new and last is not None and last.role is not Role.ACTOR:
            return (
                last
                if self._text[sentence.start : sentence.start + 4].startswith(("It ", "He ", "She ", "They"))
                else None
            )
        return last

    def _topic(self, sentence: Span) -> Speaker | None:
        """Return the party that a sentence is about."""
        match = _TOPIC.match(self._text, sentence.start, min(sentence.end, sentence.start + 120))
        if not match:
            return None
        words = re.split(r"\s(?:has|have|had|is|was|were|are|will|did|does)\s", match[1])[0]
        return self._cast.identify(parse(words, match.start(1), None), self._last)

    def _is_quoted(self, hit: Hit) -> bool:
        at = bisect_right(self._opens, hit.start) - 1
        if at < 0 or self._quotes[at].end <= hit.start:
            return False
        return self._text.count(" ", self._quotes[at].start, self._quotes[at].end) >= _QUOTED_WORDS - 1

    def _is_speech(self, hit: Hit) -> bool:
        """Say whether a word that may report does: "claims" and "calls" are nouns and deeds as well."""
        after = self._text[hit.end : hit.end + 60]
        kind = _verbs()[hit.term]
        if kind == "limited":
            return _OBJECT.match(after) is not None
        if kind == "deed":
            return _SAID_THAT.match(after) is not None
        if kind == "noun":
            before = self._text[max(0, hit.start - 24) : hit.start].split()
            return _NOT_SPEECH.match(after) is None and bool(before) and _can_report(before[-1])
        if (
            hit.term == "said"
            and after[:1] == ","
            and self._text[max(0, hit.start - 5) : hit.start] == "That "
        ):
            return False
        if hit.term == "reported":
            return _REPORTED_TO.match(after) is None
        return True

    def _speaker_of(self, hit: Hit, sentence: Span, floor: int) -> tuple[Speaker | None, list[Span]]:
        """Return who is the subject of a verb, and which words are theirs."""
        if _verbs()[hit.term] in {"according", "per"}:
            return self._according(hit, sentence)
        text = self._text
        if _PASSIVE.search(text, max(floor, hit.start - 26), hit.start):
            return None, []
        if _verbs()[hit.term] == "inverting" and _BEFORE_INVERTED.search(
            text, max(0, hit.start - 3), hit.start
        ):
            found = self._inverted(hit, sentence)
            if found is not None:
                return found, self._scope(sentence, floor, hit.start, hit.end)
            if text[hit.start - 2 : hit.start].strip()[-1:] in {"”", '"', "»", "“"}:
                return None, []
        for phrase in find_subject(text, floor, hit.start):
            if not phrase.words:
                if floor > sentence.start and self._last is not None:
                    return self._last, self._scope(sentence, floor, hit.start, hit.end)
                continue
            speaker = self._identify(phrase)
            if speaker is not None:
                return speaker, self._scope(sentence, floor, phrase.start, hit.end)
        return None, []

    def _identify(self, phrase: Phrase) -> Speaker | None:
        """Return who a subject stands for, and remember whom the people named in it speak for."""
        surname = phrase.before.rpartition(" ")[2]
        known = self._people.get(surname) if not phrase.kind else None
        if known is not None:
            return known
        # A name needs nobody to have spoken before; all else may mean whoever did.
        is_name = bool(phrase.before) and not phrase.kind and not phrase.aside
        speaker = self._cast.identify(phrase, None if is_name else self._spoke_before())
        if speaker is None or speaker.role in {Role.PRESS, Role.ACTOR}:
            return speaker
        for name in (phrase.before, phrase.aside.before if phrase.aside else ""):
            last = name.rpartition(" ")[2]
            if " " in name and last[:1].isupper() and last not in speaker.name:
                self._people[last] = speaker
        return speaker

    def _inverted(self, hit: Hit, sentence: Span) -> Speaker | None:
        """Read "…, said X": the verb stands after a comma or a quotation and before its subject."""
        match = _INVERTED.match(self._text, hit.end, min(sentence.end, hit.end + 160))
        if not match or _NO_SUBJECT.search(match[1]):
            return None
        aside = None
        if self._text[match.end(1) : match.end(1) + 2] == ", ":
            more = _ASIDE.match(self._text, match.end(1), sentence.end)
            aside = parse(more[1], 0, None) if more else None
        return self._identify(parse(match[1], match.start(1), aside))

    def _according(self, hit: Hit, sentence: Span) -> tuple[Speaker | None, list[Span]]:
        start = hit.start + 4 if _verbs()[hit.term] == "per" else hit.end
        match = re.compile(r"\s?([^.;:!?,“”\"«»„()]{2,120})").match(self._text, start, sentence.end)
        if not match:
            return None, []
        words = match[1].replace("\n", " ")
        speaker = self._cast.identify(parse(words, match.start(1), None), self._spoke_before())
        if hit.start - sentence.start < 8:
            return speaker, _spans(match.end(), sentence.end)
        rest = self._text[match.end() : sentence.end]
        spans = _spans(sentence.start, hit.start)
        return speaker, spans + (
            _spans(match.end(), sentence.end) if rest[:1] in ";:" and len(rest) > 20 else []
        )

    def _scope(self, sentence: Span, floor: int, subject: int, verb: int) -> list[Span]:
        """Return what a speaker says: what follows the verb, and what the subject closes ("…, Acme said")."""
        text = self._text
        head = text[floor:subject].rstrip()
        rest = text[verb : sentence.end].strip(' .”"»\n')
        opening = head.lstrip("“\"„«‘' ")
        closes = head.endswith((",", "”", '"', "’", "»", "“", "?", "!")) and len(head) > 12
        closes = closes and not (head == opening and _NOT_SAID.match(opening))
        closes = closes and not _OF_IT.match(text, subject)
        spans = _spans(floor, subject) if closes else []
        if not closes or len(rest) > 20:
            spans += _spans(verb, sentence.end)
        if _ECHO.match(head) or (not head and _ECHO.match(text[floor:verb])):
            number = self._places.at(sentence.start)
            spans += [self._sentences[number - 1]] if number > 0 else []
        return spans

    def _long_quotes(self) -> Iterator[Utterance]:
        """Give a quotation without a verb beside it to whoever its first, last or nearest sentence names."""
        if not self._quotes:
            return
        by_sentence: dict[int, list[Utterance]] = {}
        for each in self._found:
            by_sentence.setdefault(self._places.at(each.verb), []).append(each)
        for quote in self._quotes:
            if self._text.count(" ", quote.start, quote.end) < _QUOTED_WORDS:
                continue
            first, final = self._places.at(quote.start), self._places.at(quote.end - 1)
            if first < 0 or (final == first and first in by_sentence):
                continue
            heard = (
                by_sentence.get(final) or by_sentence.get(first) or self._beside(by_sentence, first, final)
            )
            if heard:
                yield Utterance(quote, heard[0].speaker, quote.start)

    def _beside(self, by_sentence: Mapping[int, list[Utterance]], first: int, final: int) -> list[Utterance]:
        """Return the speech just after a quotation, or just before it in the same paragraph."""
        after = by_sentence.get(final + 1)
        if (
            after
            and self._text[self._sentences[final].end : self._sentences[final + 1].start].count("\n") < 2
        ):
            opening = self._text[self._sentences[final].end - 1]
            if (
                opening in ',”"»'
                and by_sentence.get(final + 1, [])[0].verb - self._sentences[final + 1].start < 60
            ):
                return after
        before = by_sentence.get(first - 1)
        if before and "\n\n" not in self._text[self._sentences[first - 1].end : self._sentences[first].start]:
            return before[-1:]
        return []


def _can_report(word: str) -> bool:
    """Say whether a noun that is also a verb is a verb after this word: a name, a party or a pronoun."""
    plain = word.casefold().strip(",.”\"'’)")
    return word[0].isupper() or plain in kinds() or plain in _THIRD or word[-1] in ',”")'


def _spans(start: int, end: int) -> list[Span]:
    return [Span(start, end)] if start < end else []
