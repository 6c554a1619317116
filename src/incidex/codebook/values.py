"""One spelling a value: what a coder, a person or an import hands in, in the codebook's canonical form."""

import re
from collections.abc import Callable, Mapping

from incidex.codebook.edtf import parse_edtf
from incidex.codebook.files import suggest
from incidex.codebook.indicators import check_domain, check_indicator
from incidex.codebook.references import check_reference
from incidex.codebook.scheme import Field, Kind, get_field
from incidex.codebook.terms import find_terms, get_vocabulary
from incidex.model import CodebookError

Check = Callable[[Field, str], str]

#: Characters: a description may be long, everything else is a name or a number.
_LONGEST_TEXT = 50_000
_LONGEST = 2_100

#: Digits, alone or in threes. A full stop between threes is a decimal point to half of the world: refused.
_DIGITS = r"[0-9]{1,3}(?:[,_ '’\u00a0\u2009\u202f][0-9]{3}){1,5}|[0-9]{1,18}"
_COUNT = re.compile(_DIGITS)
_AMOUNT = re.compile(rf"({_DIGITS})(?:\.([0-9]{{1,8}}))?")
_MONEY = re.compile(
    r"([A-Za-z]{3,8})\s{0,3}([0-9][^A-Za-z]{0,40})|([0-9][^A-Za-z]{0,40}?)\s{0,3}([A-Za-z]{3,8})"
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # Unicode's category Cc

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_NAICS = re.compile(r"[0-9]{2,6}")

_ISO_DURATION = re.compile(
    r"P(?=[0-9T])(?:[0-9]{1,6}Y)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}W)?(?:[0-9]{1,6}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,6}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}S)?)?"
)
_PLAIN_DURATION = re.compile(r"([0-9]{1,6}) ?(second|minute|hour|day|week|month|year)s?", re.IGNORECASE)
_UNITS = {"second": "T{}S", "minute": "T{}M", "hour": "T{}H"}


def check_value(field: str, value: str) -> str:
    """Return `value` in the canonical form of `field`; raise `CodebookError` saying what is allowed.

    Checking twice changes nothing. Vocabulary values may be handed in by id, label or alias, in any case;
    "1,200" becomes "1200", "cve-2021-44228" becomes "CVE-2021-44228", "USD 4,400,000" "USD 4400000".
    """
    rule = get_field(field)
    limit = _LONGEST_TEXT if rule.kind is Kind.TEXT else _LONGEST
    if len(value) > limit:
        raise CodebookError(f"{field} takes at most {limit} characters, got {len(value)}")
    plain = value.strip()
    if not plain:
        raise CodebookError(f"{field} needs a value; where the text is silent, say nothing")
    return _CHECKS[rule.kind](rule, plain)


def _check_text(field: Field, value: str) -> str:
    """Keep the paragraphs; control characters have no place in a text that is shown."""
    lines = value.replace("\r\n", "\n").split("\n")
    kept = "\n".join(_CONTROL.sub(" ", line) for line in lines)
    return _require(field, kept.strip(), value, "words that can be read")


def _check_name(field: Field, value: str) -> str:
    return _require(field, " ".join(_CONTROL.sub(" ", value).split()), value, "a name that can be read")


def _require(field: Field, kept: str, value: str, allowed: str) -> str:
    if not kept:
        raise CodebookError(f"{field.name} takes {allowed}, got {value[:80]!r}")
    return kept


def _check_vocabulary(field: Field, value: str) -> str:
    return _find_one(field, field.vocabulary or field.name, value)


def _find_one(field: Field, vocabulary: str, value: str) -> str:
    """Return the id of the one term that the words name, or say what they could have been."""
    found = find_terms(vocabulary, value)
    if len(found) == 1:
        return found[0].id
    if found:
        options = ", ".join(f"{term.id} ({term.label})" for term in found[:6])
        raise CodebookError(f"{field.name}: {value[:80]!r} may mean {options}; give the id")
    raise CodebookError(f"{field.name} cannot be {value[:80]!r}{_allowed(vocabulary, value)}")


def _allowed(vocabulary: str, value: str) -> str:
    terms = get_vocabulary(vocabulary)
    if len(terms) <= 12:
        return f": it is one of {', '.join(terms)}"
    known = [name for term in terms.values() for name in (term.id, term.label)]
    return suggest(value, known) or f"; `incidex codebook` lists the {len(terms)} values of {vocabulary}"


def _check_date(field: Field, value: str) -> str:
    try:
        return parse_edtf(value).text
    except CodebookError as wrong:
        raise CodebookError(f"{field.name}: {wrong}") from wrong


def _check_count(field: Field, value: str) -> str:
    if not _COUNT.fullmatch(value):
        raise CodebookError(f'{field.name} takes a whole number such as "1400000", got {value[:80]!r}')
    return _plain_digits(value)


def _plain_digits(value: str) -> str:
    return re.sub(r"[^0-9]", "", value).lstrip("0") or "0"


def _check_money(field: Field, value: str) -> str:
    match = _MONEY.fullmatch(value)
    amount = _AMOUNT.fullmatch((match[2] or match[3]).strip()) if match else None
    if match is None or amount is None:
        raise CodebookError(
            f'{field.name} takes a currency code and an amount such as "USD 4400000", got {value[:80]!r}'
        )
    code = _find_one(field, "currency", match[1] or match[4])
    cents = (amount[2] or "").rstrip("0")
    return f"{code} {_plain_digits(amount[1])}{'.' + cents if cents else ''}"


def _check_duration(field: Field, value: str) -> str:
    if _ISO_DURATION.fullmatch(value.upper()):
        return value.upper()
    match = _PLAIN_DURATION.fullmatch(value)
    if match is None:
        raise CodebookError(f'{field.name} takes a duration such as "PT72H" or "3 days", got {value[:80]!r}')
    unit = match[2].lower()
    return "P" + _UNITS.get(unit, "{}" + unit[0].upper()).format(int(match[1]))


def _check_country(field: Field, value: str) -> str:
    return _find_one(field, "country", value)


def _check_region(field: Field, value: str) -> str:
    """Code what has a code that we know; elsewhere the name as it was said is better than none."""
    is_one_case = value in {value.upper(), value.lower()}  # "US-TX" is a code, "Al-Bab" is a town
    if is_one_case and _REGION.fullmatch(value.upper()) and find_terms("country", value[:2]):
        return value.upper()
    states = find_terms("us_state", value) if len(value) > 2 else ()
    return states[0].id if states else _check_name(field, value)


def _check_industry(field: Field, value: str) -> str:
    """Hold only the sector to be known: NAICS is revised every five years, and old codes stay right."""
    if _NAICS.fullmatch(value):
        if value[:2] not in get_vocabulary("industry"):
            raise CodebookError(
                f"{field.name}: no NAICS sector begins with {value[:2]}; see `incidex codebook industry`"
            )
        return value
    return _find_one(field, "industry", value)


def _check_domain(field: Field, value: str) -> str:
    return check_domain(value, field.name)


def _check_identifier(field: Field, value: str) -> str:
    if not _CVE.fullmatch(value.upper()):
        raise CodebookError(f'{field.name} takes a CVE number such as "CVE-2021-44228", got {value[:80]!r}')
    return value.upper()


def _check_reference(field: Field, value: str) -> str:
    return check_reference(value, field.name)


def _check_indicator(field: Field, value: str) -> str:
    return check_indicator(value, field.name)


_CHECKS: Mapping[Kind, Check] = {
    Kind.TEXT: _check_text,
    Kind.NAME: _check_name,
    Kind.VOCABULARY: _check_vocabulary,
    Kind.DATE: _check_date,
    Kind.COUNT: _check_count,
    Kind.MONEY: _check_money,
    Kind.DURATION: _check_duration,
    Kind.COUNTRY: _check_country,
    Kind.REGION: _check_region,
    Kind.INDUSTRY: _check_industry,
    Kind.DOMAIN: _check_domain,
    Kind.IDENTIFIER: _check_identifier,
    Kind.REFERENCE: _check_reference,
    Kind.INDICATOR: _check_indicator,
}
