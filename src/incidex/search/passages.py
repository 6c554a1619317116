"""Why a record was found: for each thing asked for, a passage that has it, with the characters marked."""

from collections.abc import Iterable, Sequence

from incidex.codebook import fields
from incidex.search.conditions import ALL, Fact, FactStart, Leaf, Near, Number, Word, Words, WordStart
from incidex.search.entry import ALIAS, LABEL, QUOTE, REPORT, SCOPES, Entry
from incidex.search.found import Match
from incidex.search.words import distance_at_most, find_words, is_form_of

#: Passages that are shown of one record.
MOST_MATCHES = 4

#: Characters of a passage, and how many of them stand before the first mark.
_WIDTH, _LEAD = 240, 70

#: Longer texts are not searched for a passage to show: the record was found all the same.
_SEARCHED = 20_000

_Found = tuple[str, int, int]


def find_matches(entry: Entry, wanted: Iterable[Leaf]) -> tuple[Match, ...]:
    """Return passages that show what was asked for, each once, best place first."""
    places: dict[tuple[str, int], list[tuple[int, int]]] = {}
    read: dict[str, list[_Found]] = {}
    for leaf in wanted:
        if isinstance(leaf, (Fact, FactStart, Number)):
            continue
        for part, number, text in _texts(entry, leaf.where):
            words = read.setdefault(text, list(find_words(text[:_SEARCHED])))
            if spans := _spans(leaf, words):
                places.setdefault((part, number), []).extend(spans)
                break
    return tuple(_cut(part, entry.texts[part][number], spans) for (part, number), spans in places.items())[
        :MOST_MATCHES
    ]


def _texts(entry: Entry, where: str) -> Iterable[tuple[str, int, str]]:
    names = _ORDER if where == ALL else SCOPES.get(where, (where,))
    return ((name, number, text) for name in names for number, text in enumerate(entry.texts.get(name, ())))


#: Where a passage is looked for first.
_ORDER = (
    *("title", "victim.name", "victim.secondary", "actor.name", "malware", "tool"),
    *("summary", QUOTE, "description", REPORT, LABEL, ALIAS),
)


def _spans(leaf: Word | Words | WordStart | Near, words: Sequence[_Found]) -> list[tuple[int, int]]:
    match leaf:
        case Words(words=phrase):
            size = len(phrase)
            return [
                (words[at][1], words[at + size - 1][2])
                for at in range(len(words) - size + 1)
                if all(words[at + step][0] == phrase[step] for step in range(size))
            ]
        case Word(word=word):
            return [(start, end) for found, start, end in words if is_form_of(found, word)]
        case WordStart(start=begun):
            return [(start, end) for found, start, end in words if found.startswith(begun)]
        case Near(word=word):
            return [(start, end) for found, start, end in words if distance_at_most(found, word, leaf.most)]


def _cut(part: str, text: str, spans: Sequence[tuple[int, int]]) -> Match:
    """Return the stretch of a text around its first mark, with all marks that lie in it."""
    ordered = sorted(set(spans))
    first = ordered[0][0]
    begin = max(0, first - _LEAD) if len(text) > _WIDTH else 0
    begin = min(begin, max(0, len(text) - _WIDTH))
    if begin and (space := text.find(" ", begin, first)) >= 0:
        begin = space + 1
    end = min(len(text), begin + _WIDTH)
    if end < len(text) and (space := text.rfind(" ", first + 1, end)) > ordered[0][1]:
        end = space
    marks = tuple((start - begin, stop - begin) for start, stop in ordered if start >= begin and stop <= end)
    return Match(part, text[begin:end], marks, (begin > 0, end < len(text)))


def say_part(part: str) -> str:
    """Say where a passage stands."""
    if part in _SAID:
        return _SAID[part]
    field = fields().get(part)
    return field.label if field else part


_SAID = {QUOTE: "Quoted", REPORT: "Report", LABEL: "Coded as", ALIAS: "Also known as"}
