"""Money and time lost: `ransom.demanded`, `ransom.paid`, `loss.amount` and `outage.duration`."""

import re
from collections.abc import Iterator
from decimal import Decimal

from incidex.codebook import check_value
from incidex.coding.base import Prepared, Reading
from incidex.model import CodebookError, Span

_SYMBOLS = {"us$": "USD", "a$": "AUD", "c$": "CAD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_NAMES = {"dollars": "USD", "us dollars": "USD", "euros": "EUR", "pounds": "GBP", "euro": "EUR"}
_SCALES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6}
_SCALES |= {"bn": 10**9, "b": 10**9, "billion": 10**9}

_AMOUNT = (
    r"(?P<{0}>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}(?:\.[0-9]{{1,2}})?|[0-9]{{1,12}}(?:\.[0-9]{{1,2}})?)"
    r"(?:(?:-|–| to )[0-9]{{1,4}}(?:\.[0-9])?(?=[ \u00a0]?(?:million|billion|m|bn)\b))?"
    r"(?:[ \u00a0-]?(?P<{0}scale>thousand|million|billion|k|mn?|bn?)\b)?"
)
_CODES = "USD|EUR|GBP|AUD|CAD|NOK|SEK|DKK|CHF|JPY|INR|NZD|SGD|ZAR|BRL"
_MONEY = re.compile(
    rf"(?<![\w$])(?P<symbol>(?:US|A|C)?\$|[€£¥]|(?:{_CODES})\b)[ \u00a0]?{_AMOUNT.format('a')}(?!\w)"
    rf"|(?<![\w.,$€£])(?:{_AMOUNT.format('b')})[ \u00a0\n](?P<name>(?:US )?dollars|euros?|pounds|{_CODES})\b",
    re.IGNORECASE,
)
_CUES = re.compile(
    r"(?P<paid>\bpaid\b|\bpayment\b|\bhanded over\b)"
    r"|(?P<demanded>\bdemand\w{0,4}|\bransom was\b|\basked for\b|\bif you pay\b|\bpay us\b|\bransom of\b)"
    r"|(?P<loss>\bcost\b|\bloss(?:es)?\b|\bdamages?\b|\beffect of\b|\bstole\b|\bimpact of\b)",
    re.IGNORECASE,
)
_RANSOM = re.compile(r"\bransom|\battackers\b|\bhackers\b|\bextort", re.IGNORECASE)
_FIELDS = {"paid": "ransom.paid", "demanded": "ransom.demanded", "loss": "loss.amount"}

_OUTAGE = re.compile(
    r"\b(?:offline|down|unavailable|outage|out of service|shut|disrupted)[a-z ]{0,25}? "
    r"(?:for|of|lasted|lasting) "
    r"(?:about |around |nearly |almost |some )?(?P<length>[0-9]{1,3} (?:hour|day|week|month)s?)\b",
    re.IGNORECASE,
)


def read_money(prepared: Prepared) -> Iterator[Reading]:
    """Read sums that a sentence says were demanded, paid or lost; in money, never in cryptocurrency."""
    text, places = prepared.text, prepared.places
    for match in _MONEY.finditer(text):
        span = Span(*match.span())
        value, found = _read_sum(match), _find_field(text, span, places.around(span, reach=120))
        if value and found:
            field, cue = found
            yield Reading(field=field, value=value, span=span, confidence=0.7, why=f"'{cue}' near the sum")


def read_outage(prepared: Prepared) -> Iterator[Reading]:
    """Read how long something was out of service, where the text says so in figures."""
    for match in _OUTAGE.finditer(prepared.text):
        yield Reading(
            field="outage.duration",
            value=check_value("outage.duration", match["length"]),
            span=Span(*match.span("length")),
            confidence=0.75,
            why="length of an outage",
        )


def _read_sum(match: re.Match[str]) -> str:
    """Return the sum as the codebook writes it, or nothing when it is no whole number of the currency."""
    form = "a" if match["a"] else "b"
    unit = (match["symbol"] or match["name"]).lower()
    code = _SYMBOLS.get(unit) or _NAMES.get(" ".join(unit.split())) or unit.upper()
    scale = _SCALES.get((match[form + "scale"] or "").lower(), 1)
    amount = Decimal(match[form].replace(",", "")) * scale
    try:
        return check_value("loss.amount", f"{code} {amount.normalize():f}")
    except CodebookError:
        return ""


def _find_field(text: str, span: Span, around: Span) -> tuple[str, str] | None:
    """Return the field whose cue stands nearest to the sum, and the cue."""
    is_ransom = _RANSOM.search(text, around.start, around.end) is not None
    best: tuple[int, str, str] | None = None
    for match in _CUES.finditer(text, around.start, around.end):
        kind = str(match.lastgroup)
        distance = max(0, span.start - match.end()) + max(0, match.start() - span.end)
        if (kind != "loss" and not is_ransom) or (best and distance >= best[0]):
            continue
        best = (distance, _FIELDS[kind], match[0].lower())
    return best[1:] if best else None
