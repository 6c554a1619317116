"""A quick check of what we write: each object has the properties of its type, and names what is there.

It is run on every object of every export, so it is compiled (msgspec) and knows only what we write. The judge
of whether that is STIX is the validator of OASIS, which the tests ask.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

Json = dict[str, Any]

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_Id = Annotated[str, Meta(pattern=f"^[a-z][a-z0-9-]+[a-z0-9]--{_UUID}$")]
_Ids = Annotated[list[_Id], Meta(min_length=1)]
_Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$")]
_Text = Annotated[str, Meta(min_length=1)]
_Texts = Annotated[list[_Text], Meta(min_length=1)]
_Percent = Annotated[int, Meta(ge=0, le=100)]
_Objects = Annotated[list[dict[str, Any]], Meta(min_length=1)]
_Parts = Annotated[dict[str, dict[str, Any]], Meta(min_length=1)]
_Fidelity = Literal["second", "minute", "hour", "day", "month", "year"]

_COMMON = {"spec_version": Literal["2.1"], "object_marking_refs?": _Ids, "extensions?": _Parts}
_DATED = {
    **_COMMON,
    "created": _Time,
    "modified": _Time,
    "created_by_ref?": _Id,
    "external_references?": _Objects,
}
_NAMED = {**_DATED, "name": _Text, "description?": _Text}
_TIMED = {
    **_NAMED,
    "confidence": _Percent,
    "start_time?": _Time,
    "start_time_fidelity?": _Fidelity,
    "end_time?": _Time,
    "end_time_fidelity?": _Fidelity,
}
_SAID = {**_DATED, "confidence": _Percent, "authors": _Texts, "object_refs": _Ids}

#: The properties of each type that we write; a question mark is on those that may be missing.
_TYPES: dict[str, dict[str, Any]] = {
    "incident": {**_NAMED, "labels?": _Texts, "extensions": _Parts},
    "identity": {**_NAMED, "identity_class": _Text, "sectors?": _Texts},
    "location": {**_NAMED, "country": _Text, "administrative_area?": _Text},
    "attack-pattern": {**_NAMED, "kill_chain_phases?": _Objects},
    "malware": {**_NAMED, "is_family": bool, "malware_types?": _Texts},
    "tool": _NAMED,
    "vulnerability": _NAMED,
    "intrusion-set": {**_NAMED, "aliases?": _Texts},
    "threat-actor": {
        **_NAMED,
        "threat_actor_types?": _Texts,
        "primary_motivation?": _Text,
        "secondary_motivations?": _Texts,
    },
    "infrastructure": {**_NAMED, "infrastructure_types": _Texts},
    "indicator": {
        **_NAMED,
        "confidence": _Percent,
        "indicator_types": _Texts,
        "pattern": _Text,
        "pattern_type": Literal["stix"],
        "pattern_version": Literal["2.1"],
        "valid_from": _Time,
    },
    "event": {**_TIMED, "status": Literal["occurred"], "event_types?": _Texts, "extensions": _Parts},
    "task": {
        **_TIMED,
        "outcome": Literal["successful", "unknown"],
        "task_types": _Texts,
        "extensions": _Parts,
    },
    "impact": {
        **_DATED,
        "confidence": _Percent,
        "impact_category": _Text,
        "description?": _Text,
        "impacted_refs?": _Ids,
        "extensions": _Parts,
    },
    "report": {
        **_NAMED,
        "labels?": _Texts,
        "report_types": _Texts,
        "published": _Time,
        "object_refs": _Ids,
    },
    "note": {**_SAID, "abstract": _Text, "content": _Text},
    "opinion": {
        **_SAID,
        "explanation": _Text,
        "opinion": Literal["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"],
    },
    "relationship": {
        **_DATED,
        "confidence?": _Percent,
        "relationship_type": Annotated[str, Meta(pattern="^[a-z0-9-]+$")],
        "description": _Text,
        "source_ref": _Id,
        "target_ref": _Id,
    },
    "domain-name": {**_COMMON, "value": _Text},
    "marking-definition": {**_COMMON, "created": _Time, "name": _Text, "extensions": _Parts},
    "extension-definition": {**_NAMED, "schema": _Text, "version": _Text, "extension_types": _Texts},
}


def _make_type(name: str, properties: dict[str, Any]) -> type:
    fields: list[Any] = [("id", Annotated[str, Meta(pattern=f"^{name}--{_UUID}$")])]
    for key, kind in properties.items():
        fields.append((key[:-1], kind, None) if key.endswith("?") else (key, kind))
    return msgspec.defstruct(
        name.title().replace("-", ""),
        fields,
        tag_field="type",
        tag=name,
        kw_only=True,
        forbid_unknown_fields=True,
    )


_ANY: Any = list[Union[tuple(_make_type(*each) for each in _TYPES.items())]]  # type: ignore[misc]  # noqa: UP007


def check(objects: Sequence[Json]) -> None:
    """Raise `ValueError` naming the first thing that is not as STIX wants it: a mistake of ours.

    Other incidents may be named and not be there; everything else that is named must be.
    """
    msgspec.convert(objects, _ANY)
    names = {each["id"] for each in objects}
    for each in objects:
        for name in _references(each):
            if name not in names and not name.startswith("incident--"):
                raise ValueError(f"{each['id']} names {name}, which is not there")
        if each.get("modified", "~") < each.get("created", ""):
            raise ValueError(f"{each['id']} was modified before it was created")


def _references(made: Json) -> Iterator[str]:
    for key, value in made.items():
        if key.endswith("_ref"):
            yield value
        elif key.endswith("_refs"):
            yield from value
