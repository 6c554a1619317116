"""What the victim does, where the text says so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (_industries()[0],)


#: Cues that reports use of everyone but the victim: those who investigate, sell, defend or comment.
_BYSTANDERS = frozenset(
    {
        "department",
        "agency",
        "financial",
        "finance",
        "shop",
        "store",
        "app",
        "website",
        "web site",
        "contractor",
    }
    | {
        "shelter",
        "association",
        "union",
        "campaign",
        "regulator",
        "police",
        "court",
        "town",
        "county",
        "city",
    }
    | {
        "prosecutor",
        "attorney general",
        "police department",
        "government",
        "security firm",
        "attorney",
        "fbi",
    }
    | {"lawyer", "data center", "data centre", "social media", "newspaper", "magazine", "rental", "transport"}
    | {
        "police force",
        "sheriff",
        "mine",
        "utility",
        "archive",
        "union",
        "pub",
        "metro",
        "transportation",
        "isp",
    }
    | {
        "online service",
        "parking",
        "army",
        "court",
        "publisher",
        "drilling",
        "credit bureau",
        "accountant",
        "treasury",
    }
)

#: Characters at the start of a report in which it says whom it is about.
_OPENING = 800


def read_industry(prepared: Prepared) -> Iterator[Reading]:
    """Read `victim.industry` from what the opening of the report calls the victim; the commonest sector."""
    lexicon, codes = _industries()
    hits: dict[str, list[Hit]] = defaultdict(list)
    for hit in prepared.find(lexicon):
        if hit.start >= _OPENING:
            break
        hits[codes[hit.term][:2]].append(hit)
    if not hits:
        return
    sector = max(hits, key=lambda code: (len(hits[code]), -hits[code][0].start))
    first = hits[sector][0]
    share = len(hits[sector]) / sum(map(len, hits.values()))
    yield Reading(
        field="victim.industry",
        value=codes[first.term],
        span=first.span,
        confidence=0.7 if share > 0.6 else 0.5,
        why=f"cue '{first.term}' in the opening",
    )


@cache
def _industries() -> tuple[Lexicon, Mapping[str, str]]:
    found: dict[str, str] = {}
    for term in get_vocabulary("industry").values():
        for cue in term.each("cues"):
            for form in (cue.lower(), f"{cue.lower()}s"):
                if cue.lower() not in _BYSTANDERS:
                    found.setdefault(form, term.id)
    return Lexicon(found), found
