"""The same report again: near copies by MinHash, and stories that a paper took from an agency."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

#: Texts that share this much of their runs of words are one text: a copy with another headline or ending.
NEAR_COPY = 0.6

#: Words in a run. Five are seldom written twice by chance.
_RUN = 5

_PERMUTATIONS = 128

#: Fewer words than this are too few to tell a copy from a phrase.
_LEAST_WORDS = 25

_MOST_CHARACTERS = 50_000
_WORD = re.compile(r"\w{1,40}")

#: News agencies whose stories others print, as they sign them.
AGENCIES: Mapping[str, str] = {
    "AP": "Associated Press",
    "Associated Press": "Associated Press",
    "Reuters": "Reuters",
    "AFP": "Agence France-Presse",
    "dpa": "dpa",
    "PA": "PA Media",
    "PA Media": "PA Media",
    "UPI": "UPI",
    "Bloomberg": "Bloomberg",
    "Xinhua": "Xinhua",
    "ANSA": "ANSA",
    "EFE": "EFE",
    "Kyodo": "Kyodo",
    "TASS": "TASS",
    "Canadian Press": "The Canadian Press",
    "The Canadian Press": "The Canadian Press",
}
_NAMES = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))
#: "BERLIN, March 3 (Reuters) -" at the head; "© 2023 The Associated Press" or "By Reuters" on its own line.
_DATELINE = re.compile(rf"\(({_NAMES})\)\s{{0,3}}[-–—:]")
_CREDIT = re.compile(
    rf"(?m)^\s{{0,4}}(?:By|Source:|©\s?(?:\d{{4}}\s)?(?:The\s)?|Copyright\s(?:\d{{4}}\s)?(?:The\s)?)\s?({_NAMES})\b[^\n]{{0,60}}$"
)
_HEAD, _FOOT = 600, 400  # characters at either end in which an agency is credited


def find_agency(text: str) -> str | None:
    """Return the news agency that a text is credited to, or `None`. One that is only quoted is not."""
    head = _DATELINE.search(text[:_HEAD]) or _CREDIT.search(text[:_HEAD])
    found = head or _CREDIT.search(text[-_FOOT:])
    return AGENCIES[found[1]] if found else None


def likeness_of_texts(one: str, other: str) -> float:
    """Return the share of runs of words that two texts have in common, from 0 to 1; 0 for very short ones."""
    ours, theirs = _runs(one), _runs(other)
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / len(ours | theirs)


def near_copies(names: Iterable[str], read: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of names whose texts are near copies, without comparing all with all.

    Each text is read once, and again when another resembles it; only sketches of them are held.
    """
    # Imported here because it brings scipy along, which takes a third of a second that a site need not wait.
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR_COPY, num_perm=_PERMUTATIONS)
    for name in names:
        text = read(name)
        runs = _runs(text)
        if not runs:
            continue
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([run.encode("utf-8", "surrogatepass") for run in runs])
        for other in sorted(index.query(sketch)):
            if likeness_of_texts(text, read(other)) >= NEAR_COPY:
                yield other, name
        index.insert(name, sketch)


def _runs(text: str) -> frozenset[str]:
    words = _WORD.findall(text[:_MOST_CHARACTERS].casefold())
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
