"""VERIS records in: each value of a row that the codebook has a field for becomes a claim of its source.

"Unknown" says nothing and makes no claim. What the codebook has no field for stays in the row, which is kept,
and is counted by its path. The tables below say where everything goes; what one place of a record says only
together with another is read by the functions after them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, BinaryIO

from incidex.codebook import get_vocabulary
from incidex.exchange.objects import parse_object, read_objects
from incidex.exchange.rows import Draft, Refused, Row, refuse
from incidex.exchange.veris_check import check_rules, check_shape
from incidex.exchange.veris_migrate import migrate
from incidex.model import Report, Role, Source, Stance

CODER = "veris@1"

Json = Mapping[str, Any]

FAMILIES = ("malware", "hacking", "social", "misuse", "physical", "error", "environmental")
ROLES = ("external", "internal", "partner")

#: How sure a source is that calls a disclosure potential, for lack of a word of its own.
POTENTIAL = 0.5

#: Databases in this format, by what their records call the source: name, and the terms of their rows.
SOURCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"vcdb": ("VERIS Community Database", "CC-BY-SA-4.0"), "incidex": ("Incidex", "")}
)

#: What one leaf of a record says, by its path; `#` is any place in a list.
LEAVES: Mapping[str, str] = MappingProxyType(
    {
        "security_incident": "security_incident",
        "summary": "summary",
        "notes": "description",
        "victim.victim_id": "victim.name",
        "victim.country.#": "victim.country",
        "victim.employee_count": "victim.size",
        "victim.secondary.victim_id.#": "victim.secondary",
        "asset.assets.#.variety": "asset.variety",
        "asset.country.#": "location.country",
        "attribute.confidentiality.data.#.variety": "data.variety",
        "attribute.confidentiality.data_victim.#": "data.subject",
        "attribute.confidentiality.data_total": "data.records",
        "ioc.#.indicator": "indicator",
        **{
            f"actor.{role}.{name}.#": f"actor.{name}"
            for role in ROLES
            for name in ("variety", "motive", "name", "country")
        },
        **{
            f"action.{family}.{name}.#": f"action.{name}"
            for family in FAMILIES
            for name in ("variety", "vector")
        },
    }
)

#: Leaves that name the record or are read by the functions below, together with others, and as what.
_READ: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        words: re.compile(pattern)
        for words, pattern in {
            "says how the record is read": r"schema_version|schema_name",
            "`identifier`, and the row's key": r"incident_id|source_id|plus\.master_id",
            "the row's accounts; `identifier`": r"reference",
            "the row's date": r"plus\.modified",
            "who worked on it there; in the row": (
                r"plus\.(?:created|analyst|analysis_status|github|dbir_year|licences\.#)"
            ),
            "`date.disclosed`": r"plus\.timeline\.notification\..*",
            "`date.occurred`": r"timeline\.incident\.(?:year|month|day)",
            "`victim.region`": r"victim\.state",
            "`victim.industry`": r"victim\.industry",
            "says what the industry says": r"victim\.government\.#",
            "`vulnerability`": r"action\.(?:malware|hacking)\.cve",
            "`malware`": r"action\.(?:malware|hacking)\.name",
            "`impact`": r"attribute\.confidentiality\.data_disclosure",
            "`outage.duration`": r"attribute\.availability\.duration\..*",
            "`discovery.method`": r"discovery_method\..*",
            "`loss.amount`": r"impact\.(?:iso_currency_code|overall_amount)",
        }.items()
    }
)
_PLACE = re.compile(r"\.\d+(?=\.|$)")

_UNKNOWN = frozenset({"Unknown", "unknown", ""})
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CVE = re.compile(r"(?i)CVE-\d{4}-\d{4,19}")
_URL = re.compile(r"https?://[^\s;,<>\"]+")
_SYSTEM_NAME = re.compile(r"(?<![\w:/.])[a-z][a-z0-9.\-]{1,29}:(?!//)[^\s;,]{1,200}")
_UNITS = {"Seconds": "PT{}S", "Minutes": "PT{}M", "Hours": "PT{}H", "Days": "P{}D", "Weeks": "P{}W"} | {
    "Months": "P{}M",
    "Years": "P{}Y",
}


def read_veris(file: BinaryIO) -> Iterator[Row | Refused]:
    """Yield the incidents of a file, one after another."""
    for number, raw in read_objects(file):
        record = parse_object(number, raw)
        yield record if isinstance(record, Refused) else from_veris(number, raw, record)


def check_veris(file: BinaryIO) -> Iterator[Row | Refused]:
    """Yield the incidents of a file; refused are those that VERIS 1.4.1 does not allow, with every reason."""
    for number, raw in read_objects(file):
        record = parse_object(number, raw)
        if isinstance(record, Refused):
            yield record
            continue
        made, _ = migrate(record)
        problems = (*check_shape(made), *check_rules(made, str(record.get("schema_version"))))
        stopped = [refuse(number, p.problem, column=p.path, value=p.value).issues[0] for p in problems]
        yield Refused(number=number, issues=tuple(stopped)) if stopped else from_veris(number, raw, record)


def from_veris(number: int, raw: bytes, record: Json) -> Row | Refused:
    """Return the row that one VERIS record of any version from 1.2 on makes."""
    made, moved = migrate(record)
    was = {each.path: each.was for each in moved}
    draft = Draft(number, raw, _make_report(made), CODER)
    draft.call("veris", _text(made, "incident_id"))
    for path, value in _leaves(made, ""):
        kind = _PLACE.sub(".#", path)
        field = LEAVES.get(kind)
        if field:
            before = f"{was[path]} in older versions of VERIS" if path in was else ""
            _say(draft, field, value, path, why=before)
        elif value not in _UNKNOWN and not find_way(kind):
            draft.leave(kind)
    for read in _TOGETHER:
        read(draft, made)
    if "victim.industry" in was:
        draft.note("victim.industry", was["victim.industry"], "no NAICS sector begins so; it was left out")
    draft.tell(_text(made, "summary"))
    draft.tell(_text(made, "notes"))
    return draft.row()


@cache
def find_way(path: str) -> str:
    """Return what becomes of a part of a record, in words; "" for what stays in the row. # is any place."""
    if path in LEAVES:
        return f"`{LEAVES[path]}`"
    return next((words for words, pattern in _READ.items() if pattern.fullmatch(path)), "")


def list_leaves(record: Json) -> Iterator[tuple[str, object]]:
    """Yield the parts of a record that hold no others, by their paths, with # for any place in a list."""
    for path, value in _leaves(record, ""):
        yield _PLACE.sub(".#", path), value


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _leaves(held, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, held in enumerate(value):
            yield from _leaves(held, f"{path}.{place}")
    else:
        yield path, value


def _say(draft: Draft, field: str, value: object, path: str, *, why: str = "") -> None:
    """Say one value: a count is a number, everything else is text, and "Unknown" says nothing."""
    if isinstance(value, str) and value.strip() in _UNKNOWN:
        return
    wanted = int if field == "data.records" else str
    if type(value) is not wanted:
        draft.note(path, value, "this has to be a whole number" if wanted is int else "this has to be text")
        return
    draft.say(field, str(value), path, why=why)


def _make_report(record: Json) -> Report:
    source = _text(record, "source_id")
    name, licence = SOURCES.get(source, (source or "a VERIS file", ""))
    addresses = _URL.findall(_text(record, "reference"))
    identity = _text(record, "incident_id")
    modified = _text(_part(record, "plus"), "modified")[:10]
    return Report(
        sha256="",
        source=Source(name=name[:200], role=Role.RESEARCHER),
        title=f"{name} {identity}"[:200].strip(),
        published=modified if re.fullmatch(r"\d{4}-\d\d-\d\d", modified) else "",
        media_type="application/json",
        register="database",
        accounts=tuple(dict.fromkeys(addresses))[:50],
        licence=licence,
    )


def _read_names(draft: Draft, record: Json) -> None:
    """Say what the record is called, there and elsewhere; addresses stand with the report."""
    system, name = _text(record, "source_id").lower(), _text(record, "incident_id")
    if name:
        known = system if re.fullmatch(r"[a-z][a-z0-9.\-]{1,29}", system) else "veris"
        known = "veris" if known == "vcdb" and not _UUID.fullmatch(name) else known
        draft.say("identifier", f"{known}:{name}", "incident_id")
    for found in _SYSTEM_NAME.findall(_URL.sub(" ", _text(record, "reference"))):
        draft.say("identifier", found, "reference")


def _read_dates(draft: Draft, record: Json) -> None:
    for path, field in (("timeline", "date.occurred"), ("plus.timeline", "date.disclosed")):
        name = "incident" if path == "timeline" else "notification"
        held = _part(record, f"{path}.{name}")
        parts = [held.get(each) for each in ("year", "month", "day")]
        known = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
        if known and known == parts[: len(known)]:
            draft.say(field, "-".join(f"{n:04}" if not i else f"{n:02}" for i, n in enumerate(known)), path)
        elif any(part is not None for part in parts):
            draft.note(f"{path}.{name}", held, "a date is a year, then a month, then a day, each a number")


def _read_victim(draft: Draft, record: Json) -> None:
    victim = _part(record, "victim")
    state, countries = _text(victim, "state"), victim.get("country")
    if state not in _UNKNOWN:
        is_code = f"US-{state}" in get_vocabulary("us_state") and countries in (["US"], ["Unknown"], None)
        draft.say("victim.region", f"US-{state}" if is_code else state, "victim.state")
    industry = _text(victim, "industry")
    if not industry.startswith("00"):
        start = re.match(r"\d{2,6}", industry)
        is_range = start is not None and start[0] != industry
        why = f"{industry} in the row; a range of sectors is named by its first" if is_range else ""
        draft.say("victim.industry", start[0] if start and is_range else industry, "victim.industry", why=why)


def _read_actors(draft: Draft, record: Json) -> None:
    for role in _part(record, "actor"):
        if role in ROLES:
            draft.say("actor.role", role, f"actor.{role}")
    for family, action in _part(record, "action").items():
        if family not in FAMILIES:
            continue
        draft.say("action", family, f"action.{family}")
        if isinstance(action, dict):
            numbers = _CVE.findall(_text(action, "cve"))
            for number in numbers:
                draft.say("vulnerability", number, f"action.{family}.cve")
            if not numbers and _text(action, "cve") not in _UNKNOWN:
                draft.note(f"action.{family}.cve", action["cve"], "no CVE number stands here")
            for name in re.split(r"[;,]", _text(action, "name")):
                draft.say("malware", name, f"action.{family}.name")


def _read_attributes(draft: Draft, record: Json) -> None:
    attribute = _part(record, "attribute")
    for name in ("integrity", "availability"):
        if name in attribute:
            draft.say("impact", name, f"attribute.{name}")
    path = "attribute.confidentiality.data_disclosure"
    match _text(_part(attribute, "confidentiality"), "data_disclosure"):
        case "Yes":
            draft.say("impact", "confidentiality", path)
        case "Potentially":
            draft.say("impact", "confidentiality", path, confidence=POTENTIAL, why="Potentially, in the row")
        case "No":
            draft.say("impact", "confidentiality", path, stance=Stance.DENIES)
    duration = _part(attribute, "availability.duration")
    length, unit = duration.get("value"), _UNITS.get(_text(duration, "unit"))
    if unit and isinstance(length, int | float) and not isinstance(length, bool):
        if length == int(length) and length >= 0:
            draft.say("outage.duration", unit.format(int(length)), "attribute.availability.duration")
        else:
            draft.note("attribute.availability.duration", length, "only whole numbers of a unit are taken")


def _read_discovery(draft: Draft, record: Json) -> None:
    for side, held in _part(record, "discovery_method").items():
        path = f"discovery_method.{side}"
        if side == "other" and held is True:
            draft.say("discovery.method", "Other", path)
        elif side in ROLES and isinstance(held, dict):
            for variety in held.get("variety", ()):
                draft.say("discovery.method", f"{side.capitalize()} - {variety}", f"{path}.variety")


def _read_money(draft: Draft, record: Json) -> None:
    impact = _part(record, "impact")
    amount, code = impact.get("overall_amount"), _text(impact, "iso_currency_code")
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        if code:
            draft.say("loss.amount", f"{code} {amount:.8f}".rstrip("0").rstrip("."), "impact.overall_amount")
        else:
            draft.note("impact.overall_amount", amount, "an amount needs its currency: iso_currency_code")


_TOGETHER: tuple[Callable[[Draft, Json], None], ...] = (
    _read_names,
    _read_dates,
    _read_victim,
    _read_actors,
    _read_attributes,
    _read_discovery,
    _read_money,
)


def _part(record: Json, path: str) -> Json:
    """Return the object at a path, an empty one when there is none."""
    held: object = record
    for name in path.split("."):
        held = held.get(name) if isinstance(held, dict) else None
    return held if isinstance(held, dict) else {}


def _text(record: Json, name: str) -> str:
    held = record.get(name)
    return held.strip() if isinstance(held, str) else ""
