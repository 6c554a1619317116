"""Whether a report tells of an incident at all."""

import re
from collections.abc import Iterable

from incidex.model import Claim, Stance

#: What a text that names no victim must tell of, to tell of an incident.
_SIGNS = frozenset({"action", "impact", "data.records", "actor.name"})
#: Words that assert an event, where advice and surveys speak of what happens.
_HAPPENED = re.compile(
    r"\b(?:was|were|(?:has|have|had) been|got)\s(?:\w{1,20}ly\s)?(?:stolen|"
    r"hacked|breached|compromised|accessed|"
    r"exposed|leaked|lost|taken|arrested|charged|sentenced|fired|mailed|sent|posted|defaced|infected|encrypted|"
    r"disclosed|found|attacked|targeted|discovered|burglarized|convicted|indicted)\b"
    r"|\b(?:stole|hacked into|broke into|leaked|suffered|lost|discovered|mailed|admitted|pleaded guilty)\b"
)


_PAST = re.compile(r"\b(?:[a-z]{2,20}ed|was|were|had|has|stole|stolen|lost|sent|left|got|found|took|gave)\b")


def tells_of_incident(claims: Iterable[Claim], text: str) -> bool:
    """Say whether something befell somebody: a victim is named, or an event is asserted as past.

    A survey, a product or advice may name data or an attack, but nothing that happened.
    """
    asserted = {claim.field for claim in claims if claim.stance is not Stance.DENIES}
    signs = asserted & _SIGNS
    # One sign may be talk of attacks in general, unless it is said to have happened; two in a text that
    # tells of something past are of one event.
    happened = _PAST if len(signs) > 1 else _HAPPENED
    return "victim.name" in asserted or (bool(signs) and happened.search(text) is not None)
