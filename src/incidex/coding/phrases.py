"""Names of organisations and people as they stand in prose, and what to strip from them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from incidex.codebook import get_vocabulary

#: One word of a name. Every repeat is bounded, so hostile text costs no more than other text.
WORD = (
    r"(?:(?:[A-Z]\.){1,4}|(?:St|Inc|Co|Corp|Ltd|Dr|Mt)\.|[A-Z](?:[\w&’'$\-]|[.+](?=\w)){0,40}"
    r"|[0-9]{1,4}(?![kKmMB]\b)[A-Za-z]\w{0,20})"
)
#: What may stand between two words of a name.
JOIN = r"(?:[ ](?:of|and|&|for|de|du|la|the|at|-|–)){0,2}"
LEGAL_TAIL = r"(?:,[ ](?:Inc|LLC|Ltd|Limited|PLC|LLP|Corp|P\.C)\b\.?)?"
NAME = rf"{WORD}(?:{JOIN}[ ]{WORD}){{0,7}}{LEGAL_TAIL}"

#: A company's legal form, left out of a name's value; the quotation keeps it.
LEGAL = re.compile(
    r",?\s+(?:Inc|Incorporated|LLC|L\.L\.C|Ltd|Limited|Corp|Corporation|PLC|plc|GmbH|S\.A|N\.V|AG|LLP|"
    r"P\.C|PC|Co)\.?$"
)
POSSESSIVE = re.compile(r"['’]s?$")

_PLAIN = """
a about according additionally affected after all also although an and another any anyone
approximately as at attackers attack attacks because before both breach but by ce company criminals
customer customers data date days dear description despite during each earlier employees even every
everyone experts following for former four from further guests hackers he health her here his
hospital hours how however i if in information internet investigators it item its last late later
like many meanwhile more most mr mrs ms my names nearly neither new no nobody none not nothing
notice now officials on once one online only or other others our over part patients people personal
phi police posted prosecutors protected published ransom ransomware recently records reports
researchers since six so some someone staff state statement still such that the their them then
there these they this those though thousands three through thus to today tomorrow two under unknown
until update upon us users victim we websites website what when where whether which while who why
with within written yesterday yet you your social security number numbers january february march
april may june july august september october november december jan feb mar apr jun jul aug sep sept
oct nov dec monday tuesday wednesday thursday friday saturday sunday ba ba's ephi id imei ip sql pdf
usb cve cio ceo cfo ciso it's u.s uk eu u.k web facebook twitter microsoft google windows cyber
north-korean subject thread title advisory announcement report filing issued type name inc llc ltd
pc p.c dmd md pbc pllc corp work west north south east service atm african european asian american
americans africa europe asia ontario columbian court county city national international news center
vins africa's employee veteran server director chief manager office department officer attorney
doctor student exposed impacted api ssn ssns hipaa elasticsearch pa deputy sheriff
"""
#: Capitalised words that begin a sentence or a role, and no name.
NOT_NAMES = frozenset(_PLAIN.split())


@lru_cache(maxsize=16384)
def clean(name: str) -> str:
    """Return a name without article, possessive, closing stop or legal form."""
    plain = " ".join(name.split()).strip(" ,.;:-–'’\"")
    plain = re.sub(r"^(?:The|the|An|A) ", "", plain)
    plain = POSSESSIVE.sub("", plain)
    shorter = LEGAL.sub("", plain)
    return shorter.strip(" ,.;:-–") or plain


def windows(text: str, cues: Iterable[int], *, reach: int = 160) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text around places, in order and disjoint, so that the rest costs nothing."""
    start, end = 0, -1
    for place in cues:
        if place - reach > end:
            if end >= 0:
                yield start, end
            start = max(0, text.rfind(" ", 0, max(0, place - reach)) + 1)
        end = min(len(text), place + reach)
    if end >= 0:
        yield start, end


def initials(name: str) -> str:
    """Return the capitals of a name: "HM Revenue and Customs" is HMRC."""
    return "".join(filter(str.isupper, name))


@cache
def places() -> frozenset[str]:
    """Return, in lower case, the names of countries, states and their people, which are no organisations."""
    countries = get_vocabulary("country").values()
    names = [name for term in countries for name in (*term.names, *term.each("demonyms"))]
    names += [name for term in get_vocabulary("us_state").values() for name in term.names]
    return frozenset(name.casefold() for name in names)


@cache
def actor_names() -> frozenset[str]:
    """Return, in lower case, every name that the codebook knows for an actor or its ransomware."""
    terms = (term for book in ("actor", "ransomware") for term in get_vocabulary(book).values())
    return frozenset(name.casefold() for term in terms for name in term.names if len(name) > 3)


@cache
def malware_names() -> frozenset[str]:
    """Return every name that the codebook knows for malware, in its own spelling: many are plain words."""
    return frozenset(name for term in get_vocabulary("malware").values() for name in term.names)


@lru_cache(maxsize=16384)
def is_name(words: str) -> bool:
    """Say whether capitalised words can name an organisation or a person, and not a month or a country."""
    if len(words) < 3 or words.casefold() in NOT_NAMES or words.casefold() in places():
        return False
    if re.search(r"\b[A-Z]$|^[0-9]+[kKmMbB]?$", words) and len(words.split()[-1]) == 1:
        return False
    return any(part.casefold().strip(".") not in NOT_NAMES for part in words.split())
