"""MISP events in: what the codebook has a field for becomes a claim of the event's organisation.

An event says who made it and nothing of who says what, so every claim has that one speaker. Values are
hostile until the codebook has checked them: what it does not know is an issue, and never a default. Deleted
attributes say nothing. Where values stand is said in `misp_map`.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

import msgspec

from incidex.codebook import fields
from incidex.exchange.misp_map import (
    ATTRIBUTES_IN,
    INDICATORS_IN,
    MONEY,
    OBJECTS,
    TLP_IN,
    parse_tag,
    read_tag,
)
from incidex.exchange.objects import parse_object, read_objects
from incidex.exchange.rows import Draft, Refused, Row, refuse
from incidex.model import LimitError, Report, Role, Source, Tier

CODER = "misp@1"

Json = Mapping[str, Any]

#: Bytes of one event, or of one answer with several. Attachments stand in events, in base 64.
MOST_EVENT_BYTES = 64_000_000

#: Tags and attributes of one event that are read.
MOST_PARTS = 20_000

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAICS = re.compile(r".{0,200}\(NAICS (\d{2,6})\)", re.DOTALL)
_COUNTRY = re.compile(r"[A-Z]{2}")
_MONEY_FIELDS = {kind: field for field, kind in MONEY.items()}

#: How an event that has no TLP tag may be given on, by MISP's distribution; anything else is for the team.
_DISTRIBUTIONS = {"3": Tier.CLEAR, "2": Tier.GREEN, "1": Tier.GREEN}

#: What an object's relation says, where several fields share one.
_SHARED = frozenset({("victim", "regions"), ("victim", "sectors")})
_RELATIONS = {
    (place.object, place.relation): field
    for field, place in OBJECTS.items()
    if (place.object, place.relation) not in _SHARED
}


def read_misp(file: BinaryIO) -> Iterator[Row | Refused]:
    """Yield the events of a file: `{"Event": …}` each, an array of them, or what MISP's search answers."""
    number = 0
    for at, raw in read_objects(file, MOST_EVENT_BYTES):
        held = parse_object(at, raw)
        if isinstance(held, Refused):
            number += 1
            yield refuse(number, held.issues[0].problem)
            continue
        for event, bytes_ in _events(held, raw):
            number += 1
            yield from_misp(number, bytes_, event)


def _events(held: Json, raw: bytes) -> Iterator[tuple[object, bytes]]:
    """Yield the events of one object, with their bytes: as they stand, or written anew out of an answer."""
    several = held.get("response")
    if isinstance(several, list):
        for each in several:
            event = each.get("Event", each) if isinstance(each, dict) else each
            yield event, msgspec.json.encode(each)
    else:
        yield held.get("Event", held), raw


def from_misp(number: int, raw: bytes, event: object) -> Row | Refused:
    """Return the row that one event makes."""
    if not isinstance(event, dict) or not isinstance(event.get("info"), str):
        return refuse(number, "this is not a MISP event: it has no info")
    try:
        draft = Draft(number, raw, _make_report(event), CODER)
        draft.call("misp", _text(event.get("uuid")))
        _read_head(draft, event)
        _read_tags(draft, event, "")
        for place, attribute in _parts(event, "Attribute"):
            _read_attribute(draft, attribute, f"Attribute.{place}")
        for place, holder in _parts(event, "Object"):
            _read_object(draft, holder, f"Object.{place}")
    except LimitError as error:
        return refuse(number, str(error))
    return draft.row()


def _make_report(event: Json) -> Report:
    made_by = event.get("Orgc")
    name = _text(made_by.get("name")) if isinstance(made_by, dict) else ""
    tags = [_text(tag.get("name")) for _, tag in _parts(event, "Tag")]
    tiers = [TLP_IN[tag.lower()] for tag in tags if tag.lower() in TLP_IN]
    tier = max(tiers) if tiers else _DISTRIBUTIONS.get(_text(event.get("distribution")), Tier.AMBER)
    day = _text(event.get("date"))
    return Report(
        sha256="0" * 64,
        source=Source(
            name=" ".join(name.split())[:200] or "An unnamed MISP organisation",
            role=Role.RESEARCHER,
            reliability=_reliability(tags),
        ),
        title=" ".join(_text(event.get("info")).split())[:500],
        published=day if _DATE.fullmatch(day) else "",
        media_type="application/json",
        register="MISP event",
        tier=tier,
    )


def _reliability(tags: list[str]) -> str:
    for tag in tags:
        parts = parse_tag(tag)
        if (
            parts
            and parts[:2] == ("admiralty-scale", "source-reliability")
            and parts[2].upper() in set("ABCDEF")
        ):
            return parts[2].upper()
    return "F"


def _read_head(draft: Draft, event: Json) -> None:
    draft.say("title", _text(event.get("info")), "info")
    name = _text(event.get("uuid"))
    if _UUID.fullmatch(name):
        draft.say("identifier", f"misp:{name.lower()}", "uuid")


def _read_tags(draft: Draft, holder: Json, before: str) -> None:
    """Read the tags of an event or attribute, and the clusters of its galaxies that are not among them."""
    seen: set[str] = set()
    for place, tag in _parts(holder, "Tag"):
        name = _text(tag.get("name"))
        seen.add(name)
        if not name.startswith("incidex:status"):
            _read_tag(draft, tag, f"{before}Tag.{place}")
    for place, galaxy in _parts(holder, "Galaxy"):
        for number, cluster in _parts(galaxy, "GalaxyCluster"):
            name = _text(cluster.get("tag_name"))
            if name and name not in seen:
                _read_tag(draft, {"name": name}, f"{before}Galaxy.{place}.GalaxyCluster.{number}")


def _read_tag(draft: Draft, tag: Json, column: str) -> None:
    name = _text(tag.get("name"))
    if name.lower() in TLP_IN or name.startswith("admiralty-scale:"):
        return
    found = [(field, value) for field, value in read_tag(name) if field in fields()]
    for field, value in found:
        draft.say(field, value, column, why=f"the event is tagged {name[:200]}")
    if not found:
        draft.leave(f"tag {name[:80]}")


def _read_attribute(draft: Draft, attribute: Json, column: str) -> None:
    """Read an attribute of the event itself, or of an object whose relations we do not know."""
    if attribute.get("deleted"):
        return
    kind, text = _text(attribute.get("type")), _text(attribute.get("value"))
    if kind in _PAIRS or "|" in kind:
        _read_pair(draft, _PAIRS.get(kind, kind), text, column)
        return
    is_ours = _text(attribute.get("category")) == "Internal reference"
    if kind in INDICATORS_IN:
        draft.say("indicator", f"{INDICATORS_IN[kind]}:{text}", column, why=f"an attribute {kind}")
    elif kind in ATTRIBUTES_IN:
        draft.say(ATTRIBUTES_IN[kind], text, column)
    elif kind == "target-location":
        draft.say("location.country", text, column)
    elif kind == "link" and is_ours:
        draft.say("identifier", f"url:{text}", column)
    elif kind == "text" and is_ours:
        draft.say("identifier", text, column)
    elif kind == "text" and text.startswith("wallet:"):
        draft.say("indicator", text, column)
    else:
        draft.leave(f"attribute {kind[:40]}")
    _read_tags(draft, attribute, f"{column}.")


#: Types that hold two values, though their names do not say so.
_PAIRS: Mapping[str, str] = MappingProxyType({"malware-sample": "filename|md5"})


def _read_pair(draft: Draft, kinds: str, text: str, column: str) -> None:
    """Read the parts of a value of two types, as `domain|ip` has them, of which each may be an indicator."""
    names = kinds.split("|")
    parts = text.rsplit("|", len(names) - 1)  # a file's name may hold the sign
    known = [(kind, part) for kind, part in zip(names, parts, strict=False) if kind in INDICATORS_IN]
    for kind, part in known:
        draft.say("indicator", f"{INDICATORS_IN[kind]}:{part}", column, why=f"of an attribute {kinds[:40]}")
    if not known:
        draft.leave(f"attribute {kinds[:40]}")


def _read_object(draft: Draft, holder: Json, column: str) -> None:
    if holder.get("deleted"):
        return
    name = _text(holder.get("name"))
    attributes = [(place, each) for place, each in _parts(holder, "Attribute") if not each.get("deleted")]
    if name == "monetary-impact":
        _read_money(
            draft, {_text(a.get("object_relation")): _text(a.get("value")) for _, a in attributes}, column
        )
        return
    for place, attribute in attributes:
        relation = _text(attribute.get("object_relation"))
        at, text = f"{column}.Attribute.{place}", _text(attribute.get("value"))
        if (name, relation) in _RELATIONS:
            draft.say(_RELATIONS[name, relation], text, at)
        elif (name, relation) == ("victim", "regions"):
            draft.say("victim.country" if _COUNTRY.fullmatch(text) else "victim.region", text, at)
        elif (name, relation) == ("victim", "sectors"):
            match = _NAICS.fullmatch(text)
            draft.say("victim.industry", match[1] if match else text, at)
        elif name in _OF_OTHERS:
            draft.leave(f"object {name}.{relation[:40]}")
        else:
            _read_attribute(draft, attribute, at)


#: Objects of ours that hold more than the codebook has fields for.
_OF_OTHERS = frozenset({"report", "incident", "victim", "confidentiality-impact"})


def _read_money(draft: Draft, held: Mapping[str, str], column: str) -> None:
    field = _MONEY_FIELDS.get(held.get("variety", ""))
    if field and held.get("max_amount"):
        draft.say(field, f"{held.get('currency', '')} {held['max_amount']}".strip(), column)
    else:
        draft.leave("object monetary-impact")


def _parts(holder: Json, name: str) -> Iterator[tuple[int, Json]]:
    """Yield the objects of a list, however odd the rest of it is."""
    held = holder.get(name)
    if isinstance(held, list):
        if len(held) > MOST_PARTS:
            raise LimitError(f"an event with more than {MOST_PARTS:,} parts named {name} is too large")
        yield from ((place, each) for place, each in enumerate(held) if isinstance(each, dict))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
