"""Who did what, when and why: a record's changes in words, for whoever may see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from incidex.model import (
    Assigned,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Linked,
    Moved,
    Removed,
    Retracted,
    Stance,
)
from incidex.web.words import say_date, say_label, say_value

_VERBS: Mapping[Decision, str] = MappingProxyType(
    {
        Decision.ACCEPTED: "accepted",
        Decision.REJECTED: "rejected",
        Decision.SECOND_LOOK: "asked for a second look at",
        Decision.REOPENED: "reopened",
        Decision.TAKEN_BACK: "no longer says",
    }
)

#: Claims that are told one by one; of a batch beyond that, the number.
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One step of a record's history."""

    at: str  # ISO 8601, for programs and for `<time>`
    when: str
    who: str
    is_person: bool
    what: str
    why: str
    then: str  # the time, as an address carries it


def tell(changes: Sequence[Change], first: int = 0, *, links: bool = True) -> Iterator[Told]:
    """Yield the changes from a place on, in words. They are what the reader's tier may see, and no more.

    Without `links` it is left out why a report was linked: hidden claims have a part in the scores, too.
    """
    claims: dict[str, Claim] = {}
    for place, change in enumerate(changes):
        if isinstance(change.body, Claimed):
            claims.update((claim.id, claim) for claim in change.body.claims)
        if place >= first:
            what, why = _say(change, claims)
            if isinstance(change.body, Linked) and not links:
                why = ""
            yield Told(
                at=change.at.isoformat(),
                when=f"{say_date(change.at.date().isoformat())}, {change.at:%H:%M} UTC",
                who=say_who(change.by),
                is_person=change.by.startswith("person:"),
                what=what,
                why=why,
                then=f"{change.at:%Y-%m-%dT%H:%M:%S.%f}Z",
            )


def say_who(by: str) -> str:
    """Say who signed a change or a claim: a person by name, a program as it calls itself."""
    return by.removeprefix("person:")


def say_claim(claim: Claim) -> str:
    """Say a claim in a few words."""
    said = f"{say_label(claim.field)}: {say_value(claim.field, _shorten(claim.value))}"
    return said if claim.stance is Stance.ASSERTS else f"{said} ({claim.stance})"


def _say(change: Change, claims: Mapping[str, Claim]) -> tuple[str, str]:
    match change.body:
        case Linked(report=report, why=why):
            return f"added the report “{report.title or report.source.name}”", why
        case Claimed(claims=made):
            return _say_made(made), made[0].why if len(made) == 1 and made[0].is_by_person else ""
        case Retracted(reason=reason) as body if body.is_of_report:
            return "withdrew a report and all that it says here", reason
        case Retracted(claim=claim, reason=reason):
            return f"withdrew {_name(claims, claim)}", reason
        case Decided(claim=claim, decision=decision, reason=reason, undoes=undoes):
            back = "took a step back: " if undoes else ""
            return f"{back}{_VERBS[decision]} {_name(claims, claim)}", reason
        case Assigned(to=to, reason=reason):
            return (
                f"put the review into the hands of {say_who(to)}" if to else "let go of the review"
            ), reason
        case Moved(to=to, why=why, only=only):
            return f"moved {f'{len(only)} claims' if only else 'a report'} to {to}", why
        case Removed(reason=reason):
            return "removed the words of a report", reason
        case body:
            return f"recorded: {type(body).__name__.lower()}", ""


def _say_made(made: Sequence[Claim]) -> str:
    if len(made) > _MOST_TOLD:
        return f"read {len(made)} claims"
    verb = "added" if made[0].is_by_person else "read"
    return f"{verb} {'; '.join(say_claim(claim) for claim in made)}"


def _name(claims: Mapping[str, Claim], claim: str) -> str:
    found = claims.get(claim)
    return say_claim(found) if found else "a claim"


def _shorten(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
