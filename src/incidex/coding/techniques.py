"""Techniques of ATT&CK: by id, by name, and by what a technical report describes, with the passage.

The description is weighed by a table of words and pairs of words learned from annotated reports
(`data/technique.tsv`, made by `incidex evaluate train`): a linear model, so what it goes by can be read.
"""

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from incidex.codebook import Term, get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Lexicon, make_plain
from incidex.model import Span

_ID = re.compile(r"T(?<![\w.-]T)[0-9]{4}(?:\.[0-9]{3})?(?![\w-]|\.[0-9])", re.ASCII)
_ID_SIGNS = ("T1", "T0")

#: Ids that ATT&CK has given up, and what took their place: https://attack.mitre.org/resources/updates/
MOVED = {"T1574.002": "T1574.001"}
#: The table of what words describe a technique, in the folder of data.
TABLE = "technique.tsv"

#: Names that texts use in a plainer form, or that several techniques share.
_OTHER_NAMES = {
    "brute force": "T1110",
    "brute-force": "T1110",
    "brute forcing": "T1110",
    "spear-phishing attachment": "T1566.001",
    "spear phishing attachment": "T1566.001",
    "spear-phishing link": "T1566.002",
    "spear phishing link": "T1566.002",
    "dll side-loading": "T1574.001",
    "dll sideloading": "T1574.001",
    "dll side loading": "T1574.001",
    "dll hijacking": "T1574.001",
    "web shells": "T1505.003",
    "scheduled tasks": "T1053.005",
    "kerberoast": "T1558.003",
    "process injection": "T1055",
    "sim swapping": "T1451",
    "sim-swapping": "T1451",
}
#: Kinds of thing that ATT&CK lists as found or bought before an attack; in prose they are only things.
_BEFORE_ATTACK = frozenset({"reconnaissance", "resource-development"})
#: Names that mean too much else.
_TOO_WIDE = """
audio capture|automated collection|browser extensions|clipboard data|cloud account|cloud accounts|
cloud groups|cloud services|credentials in files|data destruction|default accounts|domain account|
domain accounts|domain groups|email account|email accounts|email collection|email forwarding rule|
external proxy|external remote services|file transfer protocols|financial theft|group policy|
hidden window|internal proxy|local account|local accounts|local groups|login items|mail protocols|
malicious file|malicious link|multi-factor authentication|native api|network sniffing|
office application startup|password cracking|password guessing|password managers|private keys|
remote desktop protocol|remote services|screen capture|service stop|shared modules|
social engineering|software deployment tools|supply chain compromise|system services|
trusted relationship|user execution|valid accounts|video capture|visual basic|web protocols|
web services
"""
_NOT_NAMES = frozenset(_TOO_WIDE.replace("\n", "").split("|"))

#: Words without several of which a text describes no technique in enough detail to name it.
_DETAILS = """
powershell|payload*|shellcode|dll|dlls|registry|c2|command and control|command-and-control|c&c|
base64|obfuscat*|persistence|exfiltrat*|scheduled task*|macro|macros|backdoor*|loader|dropper|
mimikatz|cobalt strike|lateral movement|lateral|privilege escalation|escalate privileges|cmd.exe|
powershell.exe|rundll32*|svchost*|executable*|binary|binaries|implant*|keylog*|beacon*|webshell*|
web shell*|decrypt*|encod*|inject*|process hollowing|sandbox*|user-agent|rc4|aes|xor|mutex|wmi|rdp|
smb|lsass*|enumerat*|spearphish*|spear-phish*|malicious attachment*|stager|vba|script|scripts|
trojan|rat|remote access|side-loading|sideload*|reverse shell|tunnel*|vulnerab*|exploit|exploited|
exploitation|active directory|domain controller*|hashes|credential*|http|https|iocs|malware|process|
execute*|execution|deobfuscat*
"""
_TECHNICAL = Lexicon(_DETAILS.replace("\n", "").split("|"))
#: Of the words above, how many different ones make a technical report.
_ENOUGH = 6
_WORD = re.compile(r"[a-z0-9](?:[a-z0-9_.+#\-]*[a-z0-9+#])?")
#: No description is surer than an id.
_SUREST = 0.9
#: Characters of a passage at most; a longer "sentence" is a table or a dump.
_LONGEST = 1_200


@dataclass(frozen=True)
class _Described:
    """What the words of a passage add to each technique, and from what sum on it is named."""

    techniques: Sequence[str]
    biases: Sequence[float]
    weights: Mapping[str, Sequence[tuple[int, float]]]  # by word or pair of words: technique's number, weight
    least: float
    slope: float  # of the curve from a sum to how often it is right
    middle: float

    def name(self, passage: str) -> Iterator[tuple[str, float, Span]]:
        """Yield techniques that a passage describes, how likely, and where the words stand that say so."""
        sums, weights = list(self.biases), self.weights
        terms = list(grams(passage, weights))
        for term, _, _ in terms:
            for number, weight in weights[term]:
                sums[number] += weight
        if max(sums) < self.least:
            return  # most passages describe none, and then nobody asks where
        ends: dict[int, list[int]] = {}
        for term, start, end in terms:
            for number, weight in weights[term]:
                if weight > 0 and sums[number] >= self.least:
                    seen = ends.setdefault(number, [start, end])
                    seen[1] = max(seen[1], end)
        for number, seen in ends.items():
            likely = 1 / (1 + math.exp(-self.slope * (sums[number] - self.middle)))
            yield self.techniques[number], min(likely, _SUREST), Span(seen[0], seen[1])


def grams(passage: str, known: Container[str] | None = None) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a passage and the pairs of neighbours, each once, with their places.

    Only those that are `known`, if that is given.
    """
    seen: set[str] = set()
    last, last_start = "", 0
    for match in _WORD.finditer(passage.lower() if passage.isascii() else make_plain(passage)):
        word, (start, end) = match[0], match.span()
        if (known is None or word in known) and word not in seen:
            seen.add(word)
            yield word, start, end
        pair = f"{last} {word}"
        if last and (known is None or pair in known) and pair not in seen:
            seen.add(pair)
            yield pair, last_start, end
        last, last_start = word, start


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (_names()[0], _TECHNICAL)


def read_techniques(prepared: Prepared) -> Iterator[Reading]:
    """Read techniques by id and by name; in a technical report also by what a passage describes."""
    text, known = prepared.text, get_vocabulary("technique")
    if any(sign in text for sign in _ID_SIGNS):
        for match in _ID.finditer(text):
            value = MOVED.get(match[0], match[0])
            if value in known:
                yield _make(value, Span(*match.span()), 0.95, "ATT&CK id")
    names = _names()[1]
    for hit in prepared.find(_names()[0]):
        is_titled = text[hit.start].isupper() and text[hit.end - 1].islower()
        term = names[hit.term]
        yield _make(term.id, hit.span, 0.8 if is_titled else 0.7, f"ATT&CK name '{term.label}'")
    if len({hit.term for hit in prepared.find(_TECHNICAL)}) >= _ENOUGH:
        yield from _read_described(prepared)


def _read_described(prepared: Prepared) -> Iterator[Reading]:
    """Read each technique once, where it is described best, among sentences with a technical word."""
    best: dict[str, tuple[float, Span]] = {}
    numbers = sorted({prepared.places.at(hit.start) for hit in prepared.find(_TECHNICAL)} - {-1})
    for number in numbers:
        sentence = prepared.sentences[number]
        passage = prepared.text[sentence.start : min(sentence.end, sentence.start + _LONGEST)]
        for technique, likely, span in _described().name(passage):
            if technique not in best or likely > best[technique][0]:
                best[technique] = (likely, Span(sentence.start + span.start, sentence.start + span.end))
    for technique, (likely, span) in best.items():
        yield _make(technique, span, round(likely, 2), "described, as annotated reports describe it")


def _make(value: str, span: Span, confidence: float, why: str) -> Reading:
    return Reading(field="technique", value=value, span=span, confidence=confidence, why=why)


@cache
def _names() -> tuple[Lexicon, Mapping[str, Term]]:
    """Return the names that mean one technique of the enterprise matrix and little else."""
    known, found = get_vocabulary("technique"), defaultdict[str, list[Term]](list)
    for term in known.values():
        is_attack = not _BEFORE_ATTACK & set(term.extra.get("tactics", "").split("|"))
        if term.extra.get("domain") == "enterprise" and is_attack and " " in term.label:
            found[make_plain(term.label)].append(term)
    names = {name: terms[0] for name, terms in found.items() if len(terms) == 1 and name not in _NOT_NAMES}
    names |= {name: known[value] for name, value in _OTHER_NAMES.items()}
    return Lexicon(names), names


@cache
def _described() -> _Described:
    rows = read_rows(TABLE.removesuffix(".tsv"))
    (_, least, curve), *rows = rows
    slope, middle = map(float, curve.split("|"))
    weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, (_, _, terms) in enumerate(rows):
        for term, _, weight in (each.rpartition("=") for each in terms.split("|")):
            weights[term].append((number, float(weight)))
    techniques = [row[0] for row in rows]
    return _Described(techniques, [float(row[1]) for row in rows], weights, float(least), slope, middle)
