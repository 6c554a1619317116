"""Which incident a report tells of: linked where that is sure, else suggested to a person."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from incidex.app.judging import is_judged
from incidex.codebook import policy
from incidex.linking import (
    NEAR_COPY,
    Account,
    Score,
    facts,
    find_agency,
    keys,
    likeness_of_texts,
    make_account,
    rank,
    same_incident,
)
from incidex.model import (
    Claim,
    Document,
    Incident,
    Linked,
    Moved,
    Received,
    Report,
    Source,
    Tier,
    fold_record,
    gather,
    name_by_content,
)
from incidex.store import Log

#: The field under which the store keeps what incidents are found by.
KEY = "link"

#: A key that more incidents share than this finds none of them: it is anybody's.
_MOST_SHARING = 300

#: Incidents that a report is compared with at most, and texts that it is compared with word for word.
_MOST_COMPARED = 30
_MOST_TEXTS = 40

#: How much better the best incident must be than the next, to be linked without asking.
_MARGIN = 1.0


@dataclass(frozen=True)
class Known:
    """An incident that a report may tell of, with what is compared."""

    incident: Incident
    account: Account
    texts: tuple[tuple[Report, str], ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a report's claims go, and what a person should look at."""

    incident: str  # "" for a new one
    why: str
    keys: tuple[str, ...]
    suggested: tuple[tuple[str, str], ...] = ()  # other incidents that may be this one, and why
    origin: str = ""  # whose story it is, when it is not its publisher's own
    account: Account = field(default_factory=Account)


def place(
    log: Log,
    report: Report,
    document: Document,
    claims: Sequence[Claim],
    *,
    taken: AbstractSet[str] = frozenset(),
    is_whole: bool = True,
) -> Place:
    """Return where the claims of one incident in a report belong. Incidents in `taken` are not asked.

    `is_whole` says that the report tells of nothing else, so that all of its text may be compared.
    """
    text = document.text if is_whole else _passage(document.text, claims)
    account = make_account(facts(claims, report.published), text)
    found = keys(account)
    sharing, names = _find(log, found, claims)
    known = [each for each in _read(log, names) if each.incident.id not in taken]
    known = [each for each in known if not _was_sent_away(log, each.incident, report)]
    scored = sorted(
        ((same_incident(account, each.account, sharing), each) for each in known),
        key=lambda pair: (-pair[0].total, pair[1].incident.id),
    )
    copy = _find_copy(report, text, [each for _, each in scored]) if is_whole else None
    agency = find_agency(text)
    origin = copy[1].independent_as if copy else Source(name=agency).id if agency else ""
    chosen, why = _choose(log, scored, copy)
    others = tuple(
        (each.incident.id, str(score))
        for score, each in scored
        if score.is_likely and (chosen is None or each.incident.id != chosen.id)
    )
    if chosen is not None:
        others = tuple(each for each in others if not _is_settled(log, chosen, each[0]))
    return Place(
        incident=_record(log, chosen, report.tier) if chosen else "",
        why=why,
        keys=tuple(sorted(found)),
        suggested=others[:3],
        origin=origin,
        account=account,
    )


def new_id(log: Log, report: Report, account: Account, index: int) -> str:
    """Name a new incident by its victim and a number, so that two who add it at once are in conflict.

    The second of them is refused, looks again, and finds the incident that the first one made.
    """
    named = sorted(
        [f"name:{each}" for each in account.names] + [f"domain:{each}" for each in account.domains]
    )
    if not named:
        return name_by_content("inc", report.id, str(index))
    number = 0
    while True:
        incident = name_by_content("inc", min(named), str(number))
        if log.versions([incident])[incident] == 0:
            return incident
        number += 1


def with_origin(report: Report, origin: str) -> Report:
    """Return the report, counted with the story that it copies; what its manifest says is kept."""
    return (
        report
        if report.origin or not origin or origin == report.source.id
        else replace(report, origin=origin)
    )


def read_known(log: Log, name: str, *, texts: bool = False) -> Known | None:
    """Return an incident with what is compared of it, or `None` when there is nothing of it."""
    incident = fold_record(log.history, name, tier=Tier.RED, policy=policy())
    if incident is None:
        return None
    mentioned = {
        key
        for member in (incident.id, *incident.merged)
        for change in log.history(member)
        if isinstance(change.body, Linked)
        for key in change.body.keys
        if key.startswith("m:")
    }
    account = make_account(facts(incident.claims)).joined(
        mentioned, [report.published for report in incident.reports]
    )
    held = tuple(_texts(log, incident)) if texts else ()
    return Known(incident, account, held)


def read_text(log: Log, report_id: str) -> str:
    """Return the text of a report as it was received; "" when it is not there, or had to go."""
    first = next(iter(log.history(report_id)), None)
    return first.body.document.text if first is not None and isinstance(first.body, Received) else ""


def _find(log: Log, found: AbstractSet[str], claims: Sequence[Claim]) -> tuple[dict[str, int], list[str]]:
    """Return how many incidents share each key, and the ids that share the most and the rarest."""
    sharing: dict[str, int] = {}
    shared: list[tuple[str, int]] = []
    for key in sorted(found):
        names = log.candidates(KEY, key)
        sharing[key] = len(names) + 1
        if len(names) <= _MOST_SHARING:
            shared += [(name, len(names)) for name in names]
    for claim in claims:  # what was imported has no keys, but its names can be found
        if claim.field in ("victim.name", "victim.domain", "identifier"):
            shared += [(name, 1) for name in log.candidates(claim.field, claim.value)[:_MOST_COMPARED]]
    return sharing, rank(shared)


def _read(log: Log, names: Sequence[str]) -> Iterator[Known]:
    seen: set[str] = set()
    for name in names[:_MOST_COMPARED]:
        known = read_known(log, name, texts=len(seen) < _MOST_TEXTS)
        if known is not None and known.incident.id not in seen:
            seen.add(known.incident.id)
            yield known


def _texts(log: Log, incident: Incident) -> Iterator[tuple[Report, str]]:
    for report in incident.reports:
        if text := read_text(log, report.id):
            yield report, text


def _find_copy(report: Report, text: str, known: Sequence[Known]) -> tuple[Known, Report] | None:
    """Return the incident with a report of nearly the same text, and that report."""
    texts = [(each, *held) for each in known for held in each.texts][:_MOST_TEXTS]
    best = max(
        ((likeness_of_texts(text, other), each, held) for each, held, other in texts if held.id != report.id),
        key=lambda found: found[0],
        default=None,
    )
    return (best[1], best[2]) if best is not None and best[0] >= NEAR_COPY else None


def _choose(
    log: Log, scored: Sequence[tuple[Score, Known]], copy: tuple[Known, Report] | None
) -> tuple[Incident | None, str]:
    if copy is not None:
        return copy[0].incident, f"nearly the same text as {copy[1].id}"
    if not scored or not scored[0][0].is_same:
        return None, "the first report of it"
    score, best = scored[0]
    if len(scored) > 1 and scored[1][0].is_same and score.total - scored[1][0].total < _MARGIN:
        second = scored[1][1]
        if is_judged(log, _members(best.incident), _members(second.incident)):
            return None, f"as likely of {best.incident.id} as of {second.incident.id}"
    return best.incident, str(score)


def _is_settled(log: Log, chosen: Incident, other: str) -> bool:
    found = fold_record(log.history, other, tier=Tier.RED)
    return found is None or is_judged(log, _members(chosen), _members(found))


def _was_sent_away(log: Log, incident: Incident, report: Report) -> bool:
    """Say whether a person took this report, or an earlier text of the same address, out of an incident."""
    for member in _members(incident):
        history = log.history(member)
        moved = {c.body.report for c in history if isinstance(c.body, Moved) and c.body.to != member}
        held = [c.body.report for c in history if isinstance(c.body, Linked) and c.body.report.id in moved]
        here = {each.id for each in incident.reports}
        if any(each.id not in here and report.url and each.url == report.url for each in held):
            return True
    return False


def _record(log: Log, incident: Incident, tier: Tier) -> str:
    """Return which record of an incident a report goes to: one that its readers see already."""
    for name in gather(log.history, incident.id):
        found = fold_record(log.history, name, tier=tier) if name in _members(incident) else None
        if found is not None:
            return found.id
    return incident.id


def _members(incident: Incident) -> tuple[str, ...]:
    return (incident.id, *incident.merged)


def _passage(text: str, claims: Sequence[Claim]) -> str:
    """Return the part of a text that some claims rest on, from the first word of it to the last."""
    spans = [claim.evidence.span for claim in claims if claim.evidence]
    return text[min(each.start for each in spans) : max(each.end for each in spans)] if spans else ""
