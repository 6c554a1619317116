"""The closed sets of words that claims are made of."""

from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """Who may see a claim: the Traffic Light Protocol 2.0 of FIRST, lowest first."""

    CLEAR = 0  # the public
    GREEN = 1  # members
    AMBER = 2  # the team
    RED = 3  # named people


class Role(StrEnum):
    """What a speaker is to the incident."""

    VICTIM = "victim"
    ACTOR = "actor"
    NAMED_PARTY = "named party"
    AUTHORITY = "authority"
    RESEARCHER = "researcher"
    PRESS = "press"


#: Roles whose word serves themselves: alone, it makes a value "claimed" and no more.
INTERESTED = frozenset({Role.ACTOR, Role.NAMED_PARTY})

#: Roles that are parties to the matter: their denial makes a value "disputed".
PARTIES = frozenset({Role.VICTIM, Role.ACTOR, Role.NAMED_PARTY, Role.AUTHORITY})


class Stance(StrEnum):
    """What a speaker does with a value."""

    ASSERTS = "asserts"
    DENIES = "denies"
    DOUBTS = "doubts"


class Status(StrEnum):
    """What a value's claims add up to, by the rule in `incidex.model.status`."""

    REPORTED = "reported"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RETRACTED = "retracted"


class Decision(StrEnum):
    """A reviewer's word on one claim."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SECOND_LOOK = "needs a second look"  # a request to the team: what was decided before still holds
    REOPENED = "reopened"  # what was decided before is taken back, as if nobody had decided
    TAKEN_BACK = "taken back"  # a claim, by the person who added it; it says nothing of other claims


class Judgement(StrEnum):
    """What someone makes of two incidents. Relations are said from one side: this one is … the other."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    PART_OF = "part of"  # one campaign, of which the other is the head
    HAS_PART = "has part"
    CAUSED_BY = "caused by the breach of"  # a provider's breach that struck its customers
    CAUSED = "caused"
    WITHDRAWN = "withdrawn"  # the last judgement of the two is taken back; the one before it stands again

    @property
    def mirrored(self) -> "Judgement":
        """Return the same judgement said from the other incident's side."""
        return _MIRRORED.get(self, self)

    @property
    def said(self) -> str:
        """Say of the other incident what it is to this one."""
        return _SAID[self]


_SAID = {
    Judgement.SAME: "is the same incident and was merged into this one",
    Judgement.DIFFERENT: "is another incident",
    Judgement.UNSURE: "may be the same incident",
    Judgement.PART_OF: "is the campaign that this one is part of",
    Judgement.HAS_PART: "is part of this one",
    Judgement.CAUSED_BY: "is the breach that caused this one",
    Judgement.CAUSED: "was caused by this one",
    Judgement.WITHDRAWN: "is no longer judged",
}
_MIRRORED = {
    Judgement.PART_OF: Judgement.HAS_PART,
    Judgement.HAS_PART: Judgement.PART_OF,
    Judgement.CAUSED_BY: Judgement.CAUSED,
    Judgement.CAUSED: Judgement.CAUSED_BY,
}


class NoEvidence(StrEnum):
    """Why a claim has no quotation. There is no third reason and no default."""

    IMPORTED = "imported"
    ANALYST_NOTE = "analyst_note"


class Withheld(StrEnum):
    """What a lower tier is told about the cells of a field that it may not see."""

    SILENT = "silent"  # nothing: the field is not mentioned
    NAMED = "named"  # "available to members", whether or not anything is there
    COUNT = "count"  # "2 motives": the number of distinct values, and nothing else
