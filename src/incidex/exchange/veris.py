"""Records as VERIS 1.4.1 (https://verisframework.org), with what that format cannot hold and what it demands.

VERIS holds one bare value where a record holds claims: no speaker, no denial, no quotation. And it demands
answers, a year above all, where a record may be silent; what is put there is said in the loss report too.
The report is measured, not only declared: each record is read back, and what differs is in it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from incidex.codebook import get_vocabulary, parse_edtf
from incidex.exchange.loss import Choice, Loss, Lost, choose, left_out, unsaid
from incidex.exchange.rows import Row
from incidex.exchange.veris_check import find_broken
from incidex.exchange.veris_in import POTENTIAL, from_veris
from incidex.model import Incident, Stance, Status, Value

Json = dict[str, Any]

SCHEMA_VERSION = "1.4.1"
_UNKNOWN = "Unknown"

#: Families of action that have no vectors, and what a family demands beside its varieties.
_DEMANDED = {"social": ("target",)}
_WITHOUT_VECTOR = frozenset({"environmental"})

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_PLAIN_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?")
_UNITS = ("Years", "Months", "Weeks", "Days", "Hours", "Minutes", "Seconds")


def to_veris(incident: Incident, choice: Choice = Choice.ALL) -> tuple[Json, tuple[Loss, ...]]:
    """Return the record as a VERIS 1.4.1 incident, and what was lost or added.

    Its schema accepts the incident, and the rules between its parts hold: what they ask for is added.

    `choice` says which of several values go out, where VERIS has room for them. Retracted values never do.
    """
    draft = _Draft(incident, choose(incident, choice))
    losses = {*left_out(incident, draft.chosen), *draft.fill(), *_obey(draft)}
    losses.update(_differences(draft, losses))
    return draft.record, tuple(sorted(losses))


def _obey(draft: "_Draft") -> Iterator[Loss]:
    """Add what VERIS asks for beside what the record holds, and say so."""
    for rule in find_broken(draft.record):
        path, _, value = rule.needs.partition("=")
        attributes = draft.record.setdefault("attribute", {})
        _, _, name = path.partition(".")
        if not name:  # which attribute it was, nobody says
            attributes["unknown"] = {}
            continue
        impact = name.partition(".")[0]
        held = attributes.setdefault(impact, {}).setdefault("variety", [])
        attributes[impact]["variety"] = [each for each in held if each != _UNKNOWN] + [value]
        why = f"VERIS asks for “{value}” beside {rule.when}"
        yield draft.lose("impact", impact, Lost.ADDED, why)


def _differences(draft: "_Draft", losses: AbstractSet[Loss]) -> Iterator[Loss]:
    """Read the record back, and yield what it says too much or too little and no loss has named yet."""
    row = from_veris(1, b"", draft.record)
    read = (
        {(c.field, c.value) for c in row.claims if c.stance is Stance.ASSERTS}
        if isinstance(row, Row)
        else set()
    )
    said = {(field, value.value) for field, values in draft.chosen.items() for value in values}
    told = {(loss.field, loss.value, loss.lost is Lost.ADDED) for loss in losses}
    for field, value in read - said:
        if (field, value, True) not in told:
            why = "what VERIS demands beside another value makes whoever reads the file take it so"
            yield draft.lose(field, value, Lost.ADDED, why)
    for field, value in said - read:
        if not {loss.lost for loss in losses if (loss.field, loss.value) == (field, value)} & _GONE:
            yield draft.lose(
                field, value, Lost.VALUE, "VERIS has no word for it that can be told from others"
            )


#: The losses after which a value does not come back when the file is read.
_GONE = {Lost.VALUE, Lost.CHOICE, Lost.PRECISION}


class _Draft:
    """A VERIS incident in the making."""

    def __init__(self, incident: Incident, chosen: Mapping[str, Sequence[Value]]) -> None:
        self.incident = incident
        self.chosen = chosen
        self.record: Json = {
            "schema_version": SCHEMA_VERSION,
            "incident_id": incident.id,
            "source_id": "incidex",
        }

    def fill(self) -> Iterator[Loss]:
        """Place every field, in the order of the format; yield what has no place and what had to be added."""
        for place in _PLACES:
            yield from place(self)
        for field, values in self.chosen.items():
            for value in values:
                if field in _HELD:
                    yield from unsaid(self.incident, field, value)
                    if any(claim.evidence for claim in value.claims):
                        yield self.lose(field, value.value, Lost.EVIDENCE, "the words it rests on")
                else:
                    yield self.lose(field, value.value, Lost.VALUE, "VERIS has no place for the field")

    def texts(self, field: str) -> list[str]:
        """Return the values of a field that go out."""
        return [value.value for value in self.chosen.get(field, ())]

    def lose(self, field: str, value: str, lost: Lost, why: str) -> Loss:
        """Return one line of the loss report."""
        return Loss(self.incident.id, field, value, lost, why)

    def one(self, field: str) -> tuple[str, list[Loss]]:
        """Return the first value, "" for none, and the others as lost: VERIS has room for one."""
        first, *others = self.texts(field) or [""]
        return first, [self.lose(field, each, Lost.CHOICE, "VERIS has room for one value") for each in others]


def _place_head(draft: _Draft) -> Iterator[Loss]:
    stated, lost = draft.one("security_incident")
    yield from lost
    if not stated:
        impacts = draft.chosen.get("impact", ())
        confirmed = any(value.status is Status.CONFIRMED for value in impacts)
        stated = "Confirmed" if confirmed else "Suspected"
        yield draft.lose(
            "security_incident", stated, Lost.ADDED, "VERIS demands it; it follows from `impact`"
        )
    draft.record["security_incident"] = stated
    summary, lost = draft.one("summary")
    yield from lost
    if not summary:
        summary = (
            draft.incident.best("title")
            or f"Incident at {draft.incident.best('victim.name', 'an unnamed victim')}"
        )
        yield draft.lose(
            "summary", summary, Lost.ADDED, "VERIS demands a summary, and nobody has written one"
        )
    draft.record["summary"] = summary
    if notes := draft.texts("description"):
        draft.record["notes"] = "\n\n".join(notes)
    if licences := sorted({report.licence for report in draft.incident.reports if report.licence}):
        draft.record["plus"] = {"licences": licences}
    urls = [url for report in draft.incident.reports for url in (report.url, *report.accounts) if url]
    names = [each.removeprefix("url:") for each in draft.texts("identifier")]
    if references := [*urls, *names]:
        draft.record["reference"] = "; ".join(dict.fromkeys(references))
    yield draft.lose(
        "identifier",
        f"incidex:{draft.incident.id}",
        Lost.ADDED,
        "VERIS demands a name: the record's own goes out",
    )


def _place_time(draft: _Draft) -> Iterator[Loss]:
    text, lost = draft.one("date.occurred")
    yield from lost
    if not text:
        text, source = _stand_in_date(draft.incident)
        yield draft.lose("date.occurred", text, Lost.ADDED, f"VERIS demands a year; this is {source}")
    yield from _place_disclosure(draft)
    date = parse_edtf(text)
    first = date.earliest or date.latest
    if first is None:
        year = draft.incident.opened_at.year
        yield draft.lose("date.occurred", text, Lost.PRECISION, "an open date has no year")
        draft.record["timeline"] = {"incident": {"year": year}}
        return
    plain = _PLAIN_DATE.fullmatch(text)
    draft.record["timeline"] = {"incident": _to_parts(text) if plain else {"year": first.year}}
    if not plain:
        yield draft.lose("date.occurred", text, Lost.PRECISION, f"only the year {first.year} goes out")


def _place_disclosure(draft: _Draft) -> Iterator[Loss]:
    """Put the date of disclosure where VCDB has it, in the part that VERIS leaves open."""
    for value in draft.texts("date.disclosed"):
        if not _PLAIN_DATE.fullmatch(value):
            yield draft.lose("date.disclosed", value, Lost.PRECISION, "VERIS has room for a plain date")
        elif "timeline" in draft.record.get("plus", {}):
            yield draft.lose("date.disclosed", value, Lost.CHOICE, "VERIS has room for one value")
        else:
            draft.record.setdefault("plus", {})["timeline"] = {"notification": _to_parts(value)}


def _to_parts(date: str) -> Json:
    return dict(zip(("year", "month", "day"), map(int, date.split("-")), strict=False))


def _stand_in_date(incident: Incident) -> tuple[str, str]:
    for field in ("date.discovered", "date.disclosed", "date.ended"):
        if found := incident.best(field):
            return found[:4], f"that of {field}"
    published = min((report.published for report in incident.reports if report.published), default="")
    if published:
        return published[:4], "that of the first report"
    return str(incident.opened_at.year), "the one in which the record was opened"


def _place_victim(draft: _Draft) -> Iterator[Loss]:
    name, lost = draft.one("victim.name")
    industry, more = draft.one("victim.industry")
    size, still = draft.one("victim.size")
    yield from (*lost, *more, *still)
    victim: Json = {
        "country": draft.texts("victim.country") or [_UNKNOWN],
        "employee_count": size or _UNKNOWN,
        "industry": industry or "000",
        "government": [_UNKNOWN if not industry or industry.startswith("92") else "NA"],
    }
    if name:
        victim["victim_id"] = name
    regions = sorted(draft.texts("victim.region"), key=lambda region: not region.startswith("US-"))
    if regions:
        at_home = victim["country"] in (["US"], [_UNKNOWN])
        victim["state"] = regions[0].removeprefix("US-") if at_home else regions[0]
    for region in regions[1:]:
        yield draft.lose("victim.region", region, Lost.CHOICE, "VERIS has room for one region")
    if secondary := draft.texts("victim.secondary"):
        victim["secondary"] = {"victim_id": secondary, "amount": len(secondary)}
    draft.record["victim"] = victim


def _place_actor(draft: _Draft) -> Iterator[Loss]:
    roles = draft.texts("actor.role")
    varieties = get_vocabulary("actor.variety")
    held: dict[str, Json] = {role: {} for role in roles}
    for value in draft.texts("actor.variety"):
        able = varieties[value].each("roles")
        for role in [each for each in able if each in held] or list(able[:1]):
            held.setdefault(role, {}).setdefault("variety", []).append(value)
    motives = draft.texts("actor.motive") or [_UNKNOWN]
    named = {"name": draft.texts("actor.name"), "country": draft.texts("actor.country")}
    if any(named.values()) and not {"external", "partner"} & set(held):
        held["external"] = {}
    for role, actor in held.items():
        actor["motive"] = list(motives)
        if role != "partner":
            actor.setdefault("variety", [_UNKNOWN])
        else:
            actor.pop("variety", None)
            actor["country"] = [_UNKNOWN]
        if role == ("external" if "external" in held else "partner"):
            actor.update({key: values for key, values in named.items() if values})
    draft.record["actor"] = held or {"unknown": {}}
    if not held and motives != [_UNKNOWN]:
        for motive in motives:
            yield draft.lose("actor.motive", motive, Lost.VALUE, "VERIS ties a motive to a kind of actor")


def _place_action(draft: _Draft) -> Iterator[Loss]:
    actions: dict[str, Json] = {family: {} for family in draft.texts("action")}
    for field, key in (("action.variety", "variety"), ("action.vector", "vector")):
        terms = get_vocabulary(field)
        for value in draft.texts(field):
            able = terms[value].each("families")
            families = [each for each in able if each in actions] or (list(able) if len(able) == 1 else [])
            if not families:
                yield draft.lose(field, value, Lost.VALUE, "it belongs to several families, and none is said")
            for family in families:
                actions.setdefault(family, {}).setdefault(key, []).append(value)
    for family, action in actions.items():
        for key in (
            "variety",
            *(() if family in _WITHOUT_VECTOR else ("vector",)),
            *_DEMANDED.get(family, ()),
        ):
            action.setdefault(key, [_UNKNOWN])
    if names := draft.texts("malware"):
        actions.setdefault("malware", {"variety": [_UNKNOWN], "vector": [_UNKNOWN]})["name"] = "; ".join(
            names
        )
    if numbers := draft.texts("vulnerability"):
        family = next((each for each in ("hacking", "malware") if each in actions), "hacking")
        action = actions.setdefault(family, {"variety": ["Exploit vuln"], "vector": [_UNKNOWN]})
        action["cve"] = "; ".join(numbers)
    draft.record["action"] = actions or {"unknown": {}}


def _place_attribute(draft: _Draft) -> Iterator[Loss]:
    held: dict[str, Json] = {name: {} for name in draft.texts("impact")}
    data = draft.texts("data.variety")
    count, lost = draft.one("data.records")
    yield from lost
    subjects = draft.texts("data.subject")
    if data or count or subjects:
        held.setdefault("confidentiality", {})
    if "confidentiality" in held:
        sure = any(
            value.value == "confidentiality" and value.confidence > POTENTIAL
            for value in draft.chosen.get("impact", ())
        )
        part = held["confidentiality"]
        part["data_disclosure"] = "Yes" if sure else "Potentially"
        part.update({"data_total": int(count)} if count else {})
        part.update({"data": [{"variety": each} for each in data]} if data else {})
        part.update({"data_victim": subjects} if subjects else {})
    duration, lost = draft.one("outage.duration")
    yield from lost
    if duration:
        held.setdefault("availability", {})["duration"] = _to_duration(duration)
    for name in ("integrity", "availability"):
        if name in held:
            held[name].setdefault("variety", [_UNKNOWN])
    if held:
        draft.record["attribute"] = held


def _to_duration(text: str) -> Json:
    """Return the largest unit in which an ISO 8601 duration is a whole number."""
    match = _DURATION.fullmatch(text)
    parts = [
        (unit, int(part)) for unit, part in zip(_UNITS, match.groups() if match else (), strict=False) if part
    ]
    if len(parts) == 1:
        return {"unit": parts[0][0], "value": parts[0][1]}
    hours = {
        "Years": 8766,
        "Months": 730.5,
        "Weeks": 168,
        "Days": 24,
        "Hours": 1,
        "Minutes": 1 / 60,
        "Seconds": 1 / 3600,
    }
    return {"unit": "Hours", "value": round(sum(hours[unit] * part for unit, part in parts), 2)}


def _place_rest(draft: _Draft) -> Iterator[Loss]:
    assets = draft.texts("asset.variety") or [_UNKNOWN]
    draft.record["asset"] = {"assets": [{"variety": each} for each in assets], "cloud": [_UNKNOWN]}
    if places := draft.texts("location.country"):
        draft.record["asset"]["country"] = places
    found: dict[str, list[str]] = defaultdict(list)
    terms = get_vocabulary("discovery.method")
    for value in draft.texts("discovery.method"):
        side, _, variety = terms[value].extra["veris"].partition("|")
        found[side].append(variety)
    draft.record["discovery_method"] = {
        side: {"variety": varieties} if varieties != [""] else True for side, varieties in found.items()
    } or {"unknown": True}
    money, lost = draft.one("loss.amount")
    yield from lost
    if money:
        code, _, amount = money.partition(" ")
        draft.record["impact"] = {
            "overall_rating": _UNKNOWN,
            "iso_currency_code": code,
            "overall_amount": float(amount),
        }
    if indicators := draft.texts("indicator"):
        draft.record["ioc"] = [{"indicator": each.partition(":")[2]} for each in indicators]


_PLACES: tuple[Callable[[_Draft], Iterator[Loss]], ...] = (
    _place_head,
    _place_time,
    _place_victim,
    _place_actor,
    _place_action,
    _place_attribute,
    _place_rest,
)

#: Fields that have a place, whatever else is lost of them.
_PLACED = """
summary description security_incident date.occurred victim.name victim.country victim.region victim.industry
victim.size victim.secondary actor.role actor.variety actor.name actor.country actor.motive action
action.variety action.vector malware vulnerability impact data.variety data.records data.subject
asset.variety outage.duration loss.amount discovery.method indicator identifier
location.country date.disclosed
"""
_HELD = frozenset(_PLACED.split())
