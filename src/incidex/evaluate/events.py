"""Events that never happened, made from parts of sentences that say what they mean: lessons to learn from.

The corpora are notices and news of companies. Event lists tell an event in a sentence, vendors describe how
actors work, both of states, activists and gangs, of which the corpora have few. The parts stand in
`data/events.tsv`, and the same number always makes the same event.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

#: Fields of which every event says all that is so.
WHOLE = ("action", "actor.motive", "actor.role", "actor.variety", "impact")
#: What the actor is told as: a class, and its share of the events.
_CLASSES: Mapping[str, int] = {
    "state": 30,
    "nationals": 8,
    "activist": 20,
    "crime": 26,
    "unknown": 22,
    "person": 6,
    "former": 5,
    "insider": 10,
}
_VENDORS = ("state", "crime")
_SLOT = re.compile(r"\{(\w+)\}")
#: An event in so many has an opening, or an ending that says why or how.
_OPENED, _ENDED, _VENDOR = 0.3, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Event:
    """A text and what is so of it; fields that are not in `answers` are left open."""

    text: str
    answers: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Part:
    words: str
    says: Mapping[str, frozenset[str]]
    open: frozenset[str]


#: What vendors tell, and how many sentences of each: at least one, or none of what is negative.
_FINDINGS = (("tech", 4), ("fact", 2), ("goal", 2), ("advice", -2))
_OUTSIDE = _Part("", {"actor.role": frozenset({"external"})}, frozenset())


def make_events(count: int) -> Iterator[Event]:
    """Yield so many events, always the same ones."""
    names = list(_CLASSES)
    for number in range(count):
        random = Random(f"event {number}")
        kind = random.choices(names, list(_CLASSES.values()))[0]
        is_vendor = kind in _VENDORS and random.random() < _VENDOR
        parts = _tell_findings(kind, random) if is_vendor else _tell_event(kind, random)
        yield Event(_write(parts, random), _add_up(parts))


def recall_event(random: Random) -> str:
    """Return a sentence that recalls an older or another event, as articles do beside their news."""
    kind = random.choices(list(_CLASSES), list(_CLASSES.values()))[0]
    return _write([_pick("recall", "", random), *_tell_deed(kind, random)], random)


def _tell_deed(kind: str, random: Random) -> Sequence[_Part]:
    return [_pick("actor", kind, random), _pick("deed", kind, random)]


def _tell_event(kind: str, random: Random) -> Sequence[_Part]:
    """Return an event told in a sentence: who did what to whom, and perhaps when, how or why."""
    parts = [*_tell_deed(kind, random)]
    if random.random() < _OPENED:
        parts.insert(0, _pick("opening", "", random))
    if random.random() < _ENDED and kind in {"state", "activist", "crime", "unknown", "nationals"}:
        end = _pick("end", kind, random)
        if set(end.says) <= {
            field for part in parts for field in part.says if part.says[field] == end.says.get(field)
        }:
            parts.append(end)
    return parts


def _tell_findings(kind: str, random: Random) -> Sequence[_Part]:
    """Return an account of how an actor worked, as vendors give it: found, described, attributed."""
    told = [
        part
        for name, most in _FINDINGS
        for part in random.sample(_parts()[name, kind], random.randint(int(most > 0), abs(most)))
    ]
    random.shuffle(told)
    return [_pick("intro", kind, random), *told, _OUTSIDE]


def _add_up(parts: Sequence[_Part]) -> Mapping[str, frozenset[str]]:
    """Return what the parts say together."""
    found: dict[str, frozenset[str]] = dict.fromkeys(WHOLE, frozenset())
    for part in parts:
        for field, values in part.says.items():
            found[field] = found.get(field, frozenset()) | values
    closed = {field: values for field, values in found.items() if field in WHOLE}
    return {
        field: values
        for field, values in closed.items()
        if values or not any(field in part.open for part in parts)
    }


def _write(parts: Sequence[_Part], random: Random) -> str:
    words = " ".join(_fill(part.words, random).strip() for part in parts if part.words)
    words = words.replace(" ,", ",")
    words = words if words.endswith(".") else f"{words}."
    return words[:1].upper() + words[1:]


def _fill(words: str, random: Random) -> str:
    """Put words into the places in braces, and into theirs."""
    while _SLOT.search(words):
        words = _SLOT.sub(lambda slot: _choose(slot[1], random), words)
    return words


def _choose(name: str, random: Random) -> str:
    if name == "target":
        return random.choice(("{body}", "{firm}", "{firm}"))
    return random.choice([part.words for part in _parts()[name, ""]])


def _pick(name: str, kind: str, random: Random) -> _Part:
    return random.choice(_parts()[name, kind])


@cache
def _parts() -> Mapping[tuple[str, str], Sequence[_Part]]:
    """Return the parts by name and class of actor."""
    content = files("incidex.evaluate").joinpath("data", "events.tsv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for line in content.splitlines()[1:]:
        if line.startswith(("#", "part\t")):
            continue
        name, kinds, says, words = line.split("\t")
        known, left_open = _parse(says)
        for kind in kinds.split(" "):
            found[name, kind] += [_Part(each, known, left_open) for each in words.split("|")]
    return found


def _parse(says: str) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """Return what a part says, and what it leaves open."""
    pairs = [each.split("=") for each in says.split(";") if each]
    known = {field: frozenset(filter(None, values.split(","))) for field, values in pairs if field != "open"}
    return known, frozenset(field for key, values in pairs if key == "open" for field in values.split(","))
