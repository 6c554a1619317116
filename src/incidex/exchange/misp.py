"""Records as MISP events, with what that format cannot hold: who says what stands there as words at most.

Every event, object and attribute has an id made from what it is, so that a second export updates the first
instead of standing beside it. Where values stand is said in `misp_map`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import ip_network
from typing import Any, TextIO
from uuid import UUID, uuid5

import msgspec

from incidex.codebook import Term, find_terms, get_vocabulary, parse_edtf
from incidex.exchange.columns import make_whole
from incidex.exchange.loss import Choice, Loss, Lost, choose, left_out, unsaid
from incidex.exchange.misp_map import (
    BITCOIN,
    CREDIBILITY,
    FIELD_GALAXIES,
    GALAXIES,
    HASHES,
    INDICATORS,
    MONEY,
    OBJECTS,
    TEMPLATES,
    TLP,
    VERIS_ABSENT,
    VERIS_TAGS,
    Place,
    make_tag,
)
from incidex.model import CodebookError, Incident, Report, Status, Value

Json = dict[str, Any]

#: Ids of everything that we export to MISP are made under this one (RFC 9562, version 5).
NAMESPACE = UUID("8a3c4a2e-0d3b-5d0f-9a51-6c6f4b1f5e0a")

#: MISP keeps the name of a tag in 255 characters.
_MOST_TAG = 255

#: Characters of a comment. MISP takes 65,535 bytes.
_MOST_COMMENT = 4_000

#: Undefined; finished.
_THREAT_LEVEL, _ANALYSIS = "4", "2"


def to_misp(
    incident: Incident, choice: Choice = Choice.ALL, *, publisher: str = "Incidex"
) -> tuple[Json, tuple[Loss, ...]]:
    """Return the record as `{"Event": …}`, and what was lost or added. Retracted values never go out."""
    draft = _Draft(incident, choose(incident, choice), publisher)
    losses = [*left_out(incident, draft.chosen), *draft.fill()]
    return {"Event": draft.event}, tuple(sorted(set(losses)))


def write_misp(incidents: Iterable[Incident], out: TextIO, choice: Choice) -> Iterator[Loss]:
    """Write what MISP's search answers and its import takes: `{"response": [{"Event": …}, …]}`."""
    between = '{"response": ['
    for incident in incidents:
        event, losses = to_misp(incident, choice)
        out.write(f"{between}\n{write_json(event)}")
        between = ","
        yield from losses
    out.write('{"response": []}\n' if between.startswith("{") else "\n]}\n")


def write_json(value: object) -> str:
    """Return JSON, whatever the texts hold."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return make_whole(json.dumps(value))


def make_organisation(name: str) -> Json:
    """Return who an event is from."""
    return {"name": name, "uuid": str(uuid5(NAMESPACE, f"organisation\x1f{name}"))}


class _Draft:
    """An event in the making."""

    def __init__(self, incident: Incident, chosen: Mapping[str, Sequence[Value]], publisher: str) -> None:
        self.incident, self.chosen = incident, chosen
        self.timestamp = str(int(incident.changed_at.timestamp()))
        self.objects: dict[str, Json] = {}
        self.tags: dict[str, None] = {}
        self.clusters: dict[str, list[Json]] = {}
        tlp, self.distribution = TLP[incident.tier]
        self.tag(tlp)
        self.event: Json = {
            "uuid": self.make_id("event"),
            "info": "",
            "date": "",
            "threat_level_id": _THREAT_LEVEL,
            "analysis": _ANALYSIS,
            "distribution": self.distribution,
            "published": True,
            "timestamp": self.timestamp,
            "publish_timestamp": self.timestamp,
            "Orgc": make_organisation(publisher),
            "Attribute": [],
            "Object": [],
            "Tag": [],
            "Galaxy": [],
        }

    def fill(self) -> Iterator[Loss]:
        """Place every field; yield what has no place and what had to be added."""
        yield from self._place_head()
        for report in self.incident.reports:
            self._add_report(report)
        for field, values in self.chosen.items():
            for place, value in enumerate(values):
                yield from self._place(field, value, is_first=place == 0)
        self.event["Object"] = list(self.objects.values())
        self.event["Tag"] = [{"name": name} for name in self.tags]
        self.event["Galaxy"] = [
            {"uuid": GALAXIES[kind].uuid, "name": GALAXIES[kind].name, "type": kind, "GalaxyCluster": held}
            for kind, held in self.clusters.items()
        ]

    def _place_head(self) -> Iterator[Loss]:
        title = self.incident.best("title")
        if not title:
            title = f"Incident at {self.incident.best('victim.name', 'an unnamed victim')}"
            yield self.lose("title", title, Lost.ADDED, "MISP demands it, and nobody has given one")
            named = self._attribute("text", "Other", title, key="title", relation="name")
            self._object("incident")["Attribute"].append(named)
        self.event["info"] = title
        for field in ("date.disclosed", "date.occurred"):
            day = _first_day(self.incident.best(field))
            if day:
                break
        else:
            day = self.incident.opened_at.date()
            yield self.lose(
                "date.disclosed", day.isoformat(), Lost.ADDED, "MISP demands it; the record began then"
            )
        self.event["date"] = day.isoformat()

    def _place(self, field: str, value: Value, *, is_first: bool) -> Iterator[Loss]:
        if field in OBJECTS:
            place = OBJECTS[field]
            if not place.many and not is_first:
                yield self.lose(field, value.value, Lost.CHOICE, "MISP has room for one value")
                return
            self._add_to_object(field, place, value)
            yield from self._say_in_words(field, value)
        elif field in _ALONE:
            _ALONE[field](self, value)
            yield from self._say_in_words(field, value)
        else:
            yield from self._place_tags(field, value)

    def _place_tags(self, field: str, value: Value) -> Iterator[Loss]:
        names = list(self._tags_of(field, value.value))
        for name in names:
            if len(name) > _MOST_TAG:
                yield self.lose(field, value.value, Lost.VALUE, "it is longer than a MISP tag")
                return
            self.tag(name)
        if '"' in value.value:
            yield self.lose(field, value.value, Lost.PRECISION, "a MISP tag holds no quotation mark")
        yield from unsaid(self.incident, field, value)
        yield self.lose(field, value.value, Lost.EVIDENCE, "the words it rests on")

    def _tags_of(self, field: str, value: str) -> Iterator[str]:
        """Yield the tags that say a value: of a galaxy, of the VERIS taxonomy, or of our own."""
        if field in FIELD_GALAXIES and self.add_cluster(field, value):
            return
        predicates = list(self._predicates(field, value))
        yield from (make_tag("veris", each, value) for each in predicates)
        if not predicates:
            yield make_tag("incidex", field, value)

    def add_cluster(self, field: str, value: str) -> bool:
        """Tag the event with the cluster that a galaxy has of that name; say whether it has one."""
        cluster = _find_cluster(field, value)
        if cluster:
            kind = FIELD_GALAXIES[field]
            tag = make_tag("misp-galaxy", kind, cluster["value"])
            self.clusters.setdefault(kind, []).append({**cluster, "type": kind, "tag_name": tag})
            self.tag(tag)
        return cluster is not None

    def _predicates(self, field: str, value: str) -> Iterator[str]:
        """Yield the predicates of the VERIS taxonomy that a value stands under; none when not sure."""
        pattern = VERIS_TAGS.get(field, "")
        if "*" not in pattern:
            yield from filter(None, [pattern])
            return
        owner = "actor.role" if field.startswith("actor") else "action"
        said = [each.value for each in self.chosen.get(owner, ())]
        term = get_vocabulary(field).get(value)
        able = _owners(term) or said
        found = (pattern.replace("*", each) for each in said if each in able)
        yield from (each for each in found if each not in VERIS_ABSENT)

    def _add_to_object(self, field: str, place: Place, value: Value) -> None:
        holder = self._object(place.object)
        if place.object == "confidentiality-impact" and not holder["Attribute"]:
            sure = "confirmed-loss" if value.status is Status.CONFIRMED else "suspected-loss"
            holder["Attribute"].append(
                self._attribute("text", "Other", sure, key="loss", relation="loss_type")
            )
        holder["Attribute"].append(
            self._attribute(
                place.type,
                place.category,
                _say(field, value.value),
                key=field,
                relation=place.relation,
                of=value,
            )
        )

    def _object(self, name: str, key: str = "") -> Json:
        found = self.objects.get(f"{name}{key}")
        if found is None:
            template = TEMPLATES[name]
            found = self.objects[f"{name}{key}"] = {
                "name": name,
                "uuid": self.make_id("object", name, key),
                "meta-category": template.category,
                "template_uuid": template.uuid,
                "template_version": template.version,
                "distribution": "5",
                "timestamp": self.timestamp,
                "Attribute": [],
            }
        return found

    def _add_report(self, report: Report) -> None:
        if not report.title and not report.url:
            return
        holder = self._object("report", report.id)
        holder["comment"] = f"{report.source.name}, {report.published or 'no date'}"
        held = (("title", "text", "Other", report.title), ("link", "link", "External analysis", report.url))
        for relation, kind, category, text in held:
            if text:
                made = self._attribute(kind, category, text, key=report.id, relation=relation)
                made["Tag"] = [
                    {
                        "name": make_tag(
                            "admiralty-scale", "source-reliability", report.source.reliability.lower()
                        )
                    }
                ]
                holder["Attribute"].append(made)

    def add_money(self, field: str, value: Value) -> None:
        """Add an amount of money, an object of its own."""
        code, _, amount = value.value.partition(" ")
        holder = self._object("monetary-impact", f"{field}{value.value}")
        held = (
            ("variety", "text", MONEY[field]),
            ("currency", "text", code),
            ("max_amount", "float", amount),
        )
        for relation, kind, text in held:
            of = value if relation == "max_amount" else None
            made = self._attribute(kind, "Other", text, key=f"{field}{value.value}", relation=relation, of=of)
            holder["Attribute"].append(made)

    def add(self, kind: str, category: str, text: str, value: Value, *, to_ids: bool = False) -> None:
        """Add an attribute of the event itself."""
        made = self._attribute(kind, category, text, key=value.field, of=value, to_ids=to_ids)
        self.event["Attribute"].append(made)

    def _attribute(
        self,
        kind: str,
        category: str,
        text: str,
        *,
        key: str,
        relation: str = "",
        of: Value | None = None,
        to_ids: bool = False,
    ) -> Json:
        made: Json = {
            "uuid": self.make_id("attribute", key, relation, kind, text),
            "type": kind,
            "category": category,
            "value": make_whole(text),
            "to_ids": to_ids,
            "distribution": "5",
            "disable_correlation": not to_ids,
            "timestamp": self.timestamp,
            "comment": _comment(of) if of else "",
        }
        if relation:
            made["object_relation"] = relation
        if of:
            names = [make_tag("incidex", "status", str(of.status))]
            if of.status in CREDIBILITY:
                names.append(make_tag("admiralty-scale", "information-credibility", CREDIBILITY[of.status]))
            made["Tag"] = [{"name": name} for name in names]
        return made

    def _say_in_words(self, field: str, value: Value) -> Iterator[Loss]:
        """Yield what of a value stands in words only; its status is a tag, and so not lost."""
        for loss in unsaid(self.incident, field, value):
            if loss.lost is not Lost.STATUS:
                yield self.lose(
                    loss.field, loss.value, loss.lost, f"{loss.why}, but for people, in a comment"
                )
        yield self.lose(field, value.value, Lost.EVIDENCE, "the words it rests on")

    def tag(self, name: str) -> None:
        """Tag the event."""
        self.tags[name] = None

    def make_id(self, *parts: str) -> str:
        """Name a part of the event by what it is."""
        text = "\x1f".join((self.incident.id, *parts))
        return str(uuid5(NAMESPACE, make_whole(text)))

    def lose(self, field: str, value: str, lost: Lost, why: str) -> Loss:
        """Return one line of the loss report."""
        return Loss(self.incident.id, field, value, lost, why)


def _first_day(edtf: str) -> date | None:
    try:
        return parse_edtf(edtf).earliest if edtf else None
    except CodebookError:
        return None


def _owners(term: Term | None) -> list[str]:
    """Return the roles or families that a value can belong to."""
    return [each for name in ("roles", "families") for each in term.each(name)] if term else []


def _find_cluster(field: str, value: str) -> Json | None:
    """Return the cluster that bears exactly this name; a galaxy that does not have it gets no guess."""
    vocabulary = "actor" if field == "actor.name" else field
    found = [term for term in find_terms(vocabulary, value) if value in (term.id, term.label)]
    if len(found) != 1:
        return None
    term = found[0]
    if field == "actor.name":
        return {"value": term.label} if term.extra.get("said_by") == "MISP galaxy" else None
    return {"value": f"{term.label} - {term.id}", "uuid": term.extra.get("stix", "").partition("--")[2]}


def _say(field: str, value: str) -> str:
    """Return a value as MISP's people read it, and as `misp_in` reads it back."""
    if field != "victim.industry":
        return value
    term = get_vocabulary("industry").get(value)
    return f"{term.label if term else 'Industry'} (NAICS {value})"


def _comment(value: Value) -> str:
    """Say in words who says it and who does not."""
    verbs = (("says so", value.asserting), ("denies it", value.denying), ("could not say", value.doubting))
    said = dict.fromkeys(
        f"{claim.speaker.name} ({claim.speaker.role}) {verb}" for verb, claims in verbs for claim in claims
    )
    return make_whole(f"{value.field}: {'; '.join(said)}.")[:_MOST_COMMENT]


# ---------------------------------------------------------------------------- attributes of the event itself


def _add_indicator(draft: _Draft, value: Value) -> None:
    kind, _, bare = value.value.partition(":")
    type_, category = INDICATORS.get(kind, ("text", "Other"))
    if kind == "hash":
        type_, category = HASHES[len(bare)], "Payload delivery"
    elif kind == "wallet":
        type_, category = ("btc" if BITCOIN.fullmatch(bare) else "text"), "Financial fraud"
    text = bare if type_ != "text" else value.value
    to_ids = type_ != "text" and value.status is not Status.DISPUTED and not _is_local(kind, bare)
    draft.add(type_, category, text, value, to_ids=to_ids)


def _is_local(kind: str, bare: str) -> bool:
    """Say whether an address is nobody's on the internet: blocking it would block one's own."""
    return kind == "ip" and not ip_network(bare, strict=False).is_global


def _add_identifier(draft: _Draft, value: Value) -> None:
    kind = "link" if value.value.startswith("url:") else "text"
    draft.add(kind, "Internal reference", value.value.removeprefix("url:"), value)


def _add_vulnerability(draft: _Draft, value: Value) -> None:
    draft.add("vulnerability", "External analysis", value.value, value)


def _add_location(draft: _Draft, value: Value) -> None:
    draft.add("target-location", "Targeting data", value.value, value)


def _add_actor(draft: _Draft, value: Value) -> None:
    """Name whoever is accused; as a cluster, which MISP shows as a fact, only if nobody denies it."""
    draft.add("threat-actor", "Attribution", value.value, value)
    if not value.denying:
        draft.add_cluster("actor.name", value.value)


def _add_money(draft: _Draft, value: Value) -> None:
    draft.add_money(value.field, value)


_ALONE: Mapping[str, Callable[[_Draft, Value], None]] = {
    "indicator": _add_indicator,
    "identifier": _add_identifier,
    "vulnerability": _add_vulnerability,
    "location.country": _add_location,
    "actor.name": _add_actor,
    **dict.fromkeys(MONEY, _add_money),
}
