"""Money and time lost: `ransom.demanded`, `ransom.paid`, `loss.amount` and `outage.duration`."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from incidex.codebook import check_value
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon
from incidex.model import CodebookError, Span

_SYMBOLS = {"us$": "USD", "a$": "AUD", "c$": "CAD", "nz$": "NZD", "s$": "SGD"}
_SYMBOLS |= {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_NAMES = {"dollars": "USD", "us dollars": "USD", "euros": "EUR", "euro": "EUR", "pounds": "GBP"}
_CODES = (
    "USD",
    "EUR",
    "GBP",
    "AUD",
    "CAD",
    "NOK",
    "SEK",
    "DKK",
    "CHF",
    "JPY",
    "INR",
    "NZD",
    "SGD",
    "ZAR",
    "BRL",
)
_SCALES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6}
_SCALES |= {"bn": 10**9, "b": 10**9, "billion": 10**9}
#: Where a sum can stand: only there is the text read more closely.
_MONEY = Lexicon([*"$€£¥₹", *(code.lower() for code in _CODES), *_NAMES])

_AMOUNT = (
    r"(?P<amount>[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,2})?|[0-9]{1,12}(?:\.[0-9]{1,3})?)"
    r"(?:(?:-|–| to )[0-9]{1,4}(?:\.[0-9])?(?=[ \u00a0]?(?:million|billion|m|bn)\b))?"
    r"(?:[ \u00a0-]?(?P<scale>thousand|million|billion|k|mn?|bn?)\b)?"
)
_AFTER = re.compile(rf"[ \u00a0]?{_AMOUNT}(?!\w)", re.IGNORECASE)
_BEFORE = re.compile(rf"(?<![\w.,$€£]){_AMOUNT}[ \u00a0\n](?:US )?$", re.IGNORECASE)
_PREFIX = re.compile(r"(?<![A-Za-z])(?:US|NZ|A|C|S)$")

#: What the words near a sum say of it. A ransom alone was demanded, unless a word says that it was paid.
_SAID = {
    "paid": "paid|payment|handed over|paying|pays|has paid|pay the ransom",
    "demanded": "demand*|asked for|asking for|if you pay|pay us|wanted|opening bid|extort*|an offer",
    "ransom": "ransom of|ransom was",
    "loss": (
        "cost|costs|loss|losses|damage|damages|effect of|stole|stolen|impact of|drained|siphoned|lost|"
        "theft of|defrauded|made off with|spent|wire transfer*|to settle|settlement|fined|fine of|penalty of"
    ),
}
_KINDS = {word: kind for kind, words in _SAID.items() for word in words.split("|")}
#: Only beside such words is a sum that was paid or demanded a ransom.
_EXTORTION = frozenset(
    {"ransom", "ransomware", "attackers", "hackers", "extortion", "gang", "criminals", "dark web"}
)
_WORDS = Lexicon([*_KINDS, *_EXTORTION, "leak", "bitcoin", "monero"], overlapping=True)
_ASKED = frozenset({"demanded", "ransom"})
_FIELDS = {
    "paid": "ransom.paid",
    "demanded": "ransom.demanded",
    "ransom": "ransom.demanded",
    "loss": "loss.amount",
}
#: Characters either side of a sum in which words say what it was, within its sentence.
_NEAR = 120

_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS = {word: str(number) for number, word in enumerate(_NUMERALS, 1)} | {"a": "1", "an": "1"}
_LENGTH = rf"(?P<count>[0-9]{{1,3}}|an?|{'|'.join(_NUMERALS)})[ -](?P<unit>hour|day|week|month)s?\b"
_OUTAGE = Lexicon(
    [
        "offline",
        "down",
        "unavailable",
        "outage",
        "outages",
        "out of service",
        "shut",
        "disrupted",
        "downtime",
        "closed",
    ]
)
_LASTED = re.compile(
    r"[a-z ]{0,25}? (?:for|of|lasted|lasting) "
    rf"(?:about |around |nearly |almost |some |over |more than |at least )?{_LENGTH}",
    re.IGNORECASE,
)
_LONG = re.compile(rf"\b{_LENGTH}(?:-long)?(?: \w{{1,12}})? $", re.IGNORECASE)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what these coders wait for."""
    return (_MONEY, _WORDS, _OUTAGE)


def read_money(prepared: Prepared) -> Iterator[Reading]:
    """Read sums that a sentence says were demanded, paid or lost; in money, never in cryptocurrency."""
    hits = prepared.find(_MONEY)
    words = sorted(prepared.find(_WORDS), key=lambda hit: hit.start) if hits else []
    starts = [word.start for word in words]
    for hit in hits:
        if (found := _find_sum(prepared.text, hit)) is None:
            continue
        value, span = found
        around = prepared.places.around(span, reach=_NEAR)
        near = words[bisect_left(starts, around.start) : bisect_left(starts, around.end)]
        if value and (cue := _find_cue(span, near)):
            field = _FIELDS[_KINDS[cue.term]]
            why = f"'{cue.term.removesuffix('*')}' near the sum"
            yield Reading(field=field, value=value, span=span, confidence=0.7, why=why)


def read_outage(prepared: Prepared) -> Iterator[Reading]:
    """Read how long something was out of service, where the text says so."""
    text = prepared.text
    for hit in prepared.find(_OUTAGE):
        match, base = _LASTED.match(text, hit.end), 0
        if match is None and hit.term.startswith(("outage", "downtime")):
            base = max(0, hit.start - 40)
            match = _LONG.search(text[base : hit.start])
        if match is None:
            continue
        count = _COUNTS.get(match["count"].lower(), match["count"])
        yield Reading(
            field="outage.duration",
            value=check_value("outage.duration", f"{count} {match['unit'].lower()}s"),
            span=Span(base + match.start("count"), base + match.end("unit")),
            confidence=0.75,
            why="length of an outage",
        )


def _find_sum(text: str, hit: Hit) -> tuple[str, Span] | None:
    """Return the sum at a currency's sign, code or name as the codebook writes it, and where it stands."""
    is_named = hit.term in _NAMES
    if match := None if is_named else _AFTER.match(text, hit.end):
        prefix = _PREFIX.search(text, max(0, hit.start - 3), hit.start) if hit.term == "$" else None
        start = prefix.start() if prefix else hit.start
        unit = text[start : hit.end].lower()
        return _write(_SYMBOLS.get(unit) or _SYMBOLS.get(hit.term) or unit.upper(), match), Span(
            start, match.end()
        )
    if hit.term in _SYMBOLS:
        return None
    base = max(0, hit.start - 40)
    match = _BEFORE.search(text[base : hit.start])
    if match is None:
        return None
    return _write(_NAMES.get(hit.term) or hit.term.upper(), match), Span(base + match.start(), hit.end)


def _write(code: str, match: re.Match[str]) -> str:
    """Return the sum, or nothing when it is no whole number of the currency's units."""
    scale = _SCALES.get((match["scale"] or "").lower(), 1)
    amount = Decimal(match["amount"].replace(",", "")) * scale
    try:
        return check_value("loss.amount", f"{code} {amount.normalize():f}")
    except CodebookError:
        return ""


def _find_cue(span: Span, near: Sequence[Hit]) -> Hit | None:
    """Return the cue that stands nearest to the sum: "paid" before "a ransom of", which says less."""
    is_ransom = any(hit.term in _EXTORTION or _KINDS.get(hit.term) in _ASKED for hit in near)
    cues = [hit for hit in near if hit.term in _KINDS and (is_ransom or _KINDS[hit.term] == "loss")]
    return min(cues, key=lambda hit: _distance(hit, span), default=None)


def _distance(hit: Hit, span: Span) -> int:
    away = 40 if _KINDS[hit.term] == "ransom" else 0
    return max(0, span.start - hit.end) + max(0, hit.start - span.end) + away
