"""The objects of one record in the making: what stands in its bundle, and where each value went."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from incidex.exchange.loss import Loss, Lost
from incidex.exchange.stix.fixed import MARKED, PRODUCER
from incidex.exchange.stix.ids import make_id, make_own_id, measure, to_time
from incidex.exchange.stix.lines import Line, Shared, to_lines
from incidex.exchange.stix.references import refer_to_report
from incidex.exchange.stix.shared import make_party
from incidex.model import Incident, Report, Stance, Tier, Value

Json = dict[str, Any]

#: No id was ever revoked, as in almost every record.
NEVER: Mapping[str, int] = MappingProxyType({})


#: Above every tier.
_NOBODY = max(Tier) + 1


class Draft:
    """The objects of one record, by id and in order, and the object that stands for each value."""

    def __init__(
        self, incident: Incident, chosen: Mapping[str, Sequence[Value]], again: Mapping[str, int] = NEVER
    ) -> None:
        self.incident = incident
        self.chosen = chosen
        self.bases: dict[str, str] = {}  # ids that stand for others that were revoked, and for which
        self._again = again
        self.id = self._renew(make_id("incident", incident.id))
        self._owner = measure(incident.id)
        self.created = to_time(incident.opened_at)
        # Clocks go back; and what members see is the newer version of what the public sees, never the same.
        newest = max(incident.opened_at, incident.changed_at)
        self.modified = to_time(newest, after=int(incident.tier))
        self.objects: dict[str, Json] = {}
        self.mine: dict[str, Json] = {}  # those of this record alone
        self.shared: dict[str, Shared] = {}
        self.targets: dict[tuple[str, str], str] = {}
        self.losses: list[Loss] = []
        self.core: Json = {}  # what goes into the Incident Core Extension
        self.head: Json = {}  # properties of the incident itself
        self.victims: list[str] = []
        self.reports: Mapping[str, Report] = {report.id: report for report in incident.reports}
        self.references = {report.id: [refer_to_report(report)] for report in incident.reports}
        self._tiers, self._highest = _name_tiers(incident)
        self._parties: dict[str, str] = {}

    def values(self, field: str) -> Sequence[Value]:
        """Return the values of a field that go out."""
        return self.chosen.get(field, ())

    def texts(self, field: str) -> list[str]:
        """Return these as texts."""
        return [value.value for value in self.values(field)]

    def one(self, field: str) -> Value | None:
        """Return the value that goes out where there is room for one, and report the others as lost."""
        held = self.chosen.get(field)
        if not held:
            return None
        for other in held[1:]:
            self.lose(other, Lost.CHOICE, "STIX has room for one value; the others stand in notes")
        return held[0]

    def lose(self, value: Value, lost: Lost, why: str) -> None:
        """Add a line to the loss report."""
        self.losses.append(Loss(self.incident.id, value.field, value.value, lost, why))

    def add_demanded(self, field: str, value: str, why: str) -> None:
        """Add a line to the loss report on what STIX demands and nobody has said."""
        self.losses.append(Loss(self.incident.id, field, value, Lost.ADDED, why))

    def share(self, shared: Shared) -> str:
        """Put an object that other records may have too into the bundle; return its id."""
        name = shared.line[0]
        self.shared[name] = shared
        self.objects.setdefault(name, shared.made)
        return name

    def name(self, kind: str, *parts: str) -> str:
        """Return the id of an object of this record alone."""
        if len(parts) == 1:
            made = make_own_id(kind, self._owner, parts[0])
        else:
            made = make_id(kind, self.incident.id, *parts)
        return self._renew(made) if self._again else made

    def _renew(self, name: str) -> str:
        """Return an id that was not revoked: the given one, or what stands for it from then on."""
        count = self._again.get(name, 0)
        if not count:
            return name
        renewed = make_id(name.partition("--")[0], name, str(count))
        self.bases[renewed] = name
        return renewed

    def own(self, kind: str, *parts: str, tier: Tier = Tier.CLEAR, by: str = PRODUCER, **more: object) -> str:
        """Put an object of this record alone into the bundle; return its id."""
        name = self.name(kind, *parts)
        return self.put(
            {
                "type": kind,
                "spec_version": "2.1",
                "id": name,
                "created_by_ref": by,
                "created": self.created,
                "modified": self.modified,
                **more,
                "object_marking_refs": MARKED[tier],
            }
        )

    def put(self, made: Json) -> str:
        """Put an object of this record alone into the bundle; return its id."""
        name: str = made["id"]
        self.objects[name] = self.mine[name] = made
        return name

    def relate(self, source: str, how: str, target: str, value: Value) -> str:
        """Relate two objects, as the value's strongest speaker says; note that this stands for the value."""
        first = value.claims[0]  # the strongest for it, or against it when nobody is for it
        is_said = first.stance is Stance.ASSERTS
        name = self.own(
            "relationship",
            source,
            how,
            target,
            value.field,
            tier=tier_of(value),
            by=self.party(first.speaker.name) if is_said else PRODUCER,
            confidence=percent(first.confidence if is_said else 0.0),
            relationship_type=how,
            description=f"{value.status.capitalize()}. {' '.join(value.reasons)}",
            source_ref=source,
            target_ref=target,
        )
        self.targets[value.field, value.value] = name
        return name

    def party(self, name: str) -> str:
        """Put who is so named into the bundle; return the id.

        Who has no name of its own, as "the site", is somebody else in every record.
        """
        found = self._parties.get(name)
        if found is None:
            found = self._parties[name] = self._make_party(
                name or "unnamed", self._tiers.get(name, Tier.CLEAR)
            )
        return found

    def _make_party(self, said: str, tier: Tier) -> str:
        if said != said.lower() and not said.startswith(("the ", "a ", "an ")):
            return self.share(make_party(said, tier))
        return self.own("identity", said, tier=tier, name=said, identity_class="organization")

    def lines(self) -> list[Line]:
        """Return all objects as they go out."""
        return to_lines(self.objects, self.shared)

    def finish(self, **extensions: object) -> None:
        """Put the incident itself in front of its objects."""
        self.own("incident", tier=self._highest, **self.head, extensions=extensions)
        self.objects = {self.id: self.objects.pop(self.id), **self.objects}


def percent(confidence: float) -> int:
    """Return a probability on STIX's scale of 0 to 100."""
    return round(confidence * 100)


def tier_of(value: Value) -> Tier:
    """Return who may see all that is said of a value: its reasons name every speaker."""
    return max([claim.tier for claim in value.claims], default=Tier.CLEAR)


def tier_of_name(value: Value) -> Tier:
    """Return who may know that anybody gives this value."""
    return min([claim.tier for claim in value.asserting], default=Tier.CLEAR)


def _name_tiers(incident: Incident) -> tuple[dict[str, Tier], Tier]:
    """Return the lowest tier that each party's name is known to, and the highest tier of all."""
    tiers: dict[str, Tier] = {}
    highest = Tier.CLEAR
    said = [(report.source.name, report.tier) for report in incident.reports]
    said += [(claim.speaker.name, claim.tier) for claim in incident.claims]
    for name, tier in said:
        if tier > highest:
            highest = tier
        if tier < tiers.get(name, _NOBODY):
            tiers[name] = tier
    for field in ("victim.name", "victim.secondary"):
        for value in incident.values.get(field, ()):
            tiers[value.value] = min(tier_of_name(value), tiers.get(value.value, Tier.RED))
    return tiers, highest
