"""What went out once and does not stand any more: told as revoked, for good (STIX 2.1, sections 3.2 and 3.6).

Whoever fetched an object has to learn that it was taken back. So each time that something of a record was
taken back, the objects from before and from after are compared, and what is missing after is revoked. An id
that was revoked is never used again: what comes back is another object.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from incidex.exchange.loss import Choice
from incidex.exchange.stix.check import check_form
from incidex.exchange.stix.draft import Draft, Json
from incidex.exchange.stix.fixed import MARKED, PRODUCER
from incidex.exchange.stix.ids import to_time
from incidex.exchange.stix.lines import Shared
from incidex.exchange.stix.whole import draft_record
from incidex.model import NO_PAST, Past, Removal, Stood, Tier

_ONE = ("created_by_ref", "source_ref", "target_ref")
_MANY = ("object_refs", "impacted_refs")


@dataclass(slots=True)
class Gone:
    """The objects of one record that were revoked, what they name that others have too, and spent ids."""

    objects: dict[str, Json] = field(default_factory=dict)
    shared: dict[str, Shared] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)  # how often an id was revoked


def find_gone(past: Past, choice: Choice) -> Gone:
    """Return what is to be revoked of a record, for the tier that its past is told to."""
    gone = Gone()
    if past is NO_PAST:
        return gone
    held: Draft | None = None
    for stood in past.stood:
        # What stood after one step often stood before the next, and none of it was revoked in between.
        is_held = held is not None and held.incident is stood.before
        before = held if held and is_held else draft_record(stood.before, choice, gone.again)
        held = draft_record(stood.after, choice, gone.again) if stood.after else None
        _compare(gone, before, held, to_time(_after(stood), after=int(stood.before.tier)))
    check_form(list(gone.objects.values()))
    return gone


def _compare(gone: Gone, before: Draft, after: Draft | None, at: str) -> None:
    for name, made in before.mine.items():
        if after is not None and name in after.objects:
            continue
        gone.objects[name] = _revoke(made, at)
        first = before.bases.get(name, name)
        gone.again[first] = gone.again.get(first, 0) + 1
        for each in _named_by(made):
            if each in before.shared:
                gone.shared[each] = before.shared[each]


def _revoke(made: Json, at: str) -> Json:
    kept = dict(made)
    marked = kept.pop("object_marking_refs")
    return {**kept, "modified": at, "revoked": True, "object_marking_refs": marked}


def _after(stood: Stood) -> datetime:
    """Return when it was taken back; clocks go back, and the last version has to be the newest."""
    return max(stood.at, stood.before.opened_at, stood.before.changed_at + timedelta(milliseconds=1))


def _named_by(made: Json) -> Iterator[str]:
    for key in _ONE:
        if key in made:
            yield made[key]
    for key in _MANY:
        yield from made.get(key, ())


def revoke_removed(draft: Draft, past: Past) -> Iterator[Json]:
    """Yield the notes whose words had to go by law, without these, as revoked."""
    for claim, removal in past.removed:
        name = draft.name("note", claim.id)
        yield _make_removed(name, draft, claim.tier, removal)


def _make_removed(name: str, draft: Draft, tier: Tier, removal: Removal) -> Json:
    return {
        "type": "note",
        "spec_version": "2.1",
        "id": name,
        "created_by_ref": PRODUCER,
        "created": draft.created,
        "modified": draft.modified,
        "revoked": True,
        "confidence": 0,
        "authors": ["Incidex"],
        "abstract": "Removed",
        "content": f"The words were removed: {removal.reason}",
        "object_refs": [draft.id],
        "object_marking_refs": MARKED[tier],
    }
