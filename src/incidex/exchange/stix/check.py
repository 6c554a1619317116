"""A quick check of what we write: each object has the properties of its type, and names what is there.

It is run on every object of every export, so it is compiled (msgspec) and knows only what we write. The judge
of whether that is STIX is the validator of OASIS, which the tests ask.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

Json = dict[str, Any]

#: How long what follows the type is in an id. One function makes them all, so that no more is looked at.
_NUMBER = len("--00000000-0000-4000-8000-000000000000")
_Ids = Annotated[list[str], Meta(min_length=1)]  # each is held against the names that there are
_Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$")]
_Moment = Annotated[str, Meta(min_length=24, max_length=27)]  # all of a record have the incident's
_Text = Annotated[str, Meta(min_length=1)]
_Texts = Annotated[list[_Text], Meta(min_length=1)]
_Percent = Annotated[int, Meta(ge=0, le=100)]
_Objects = Annotated[list[Any], Meta(min_length=1)]
_Parts = Annotated[dict[str, Any], Meta(min_length=1)]
_Fidelity = Literal["second", "minute", "hour", "day", "month", "year"]

_COMMON = {"spec_version": Literal["2.1"], "object_marking_refs?": _Ids, "extensions?": _Parts}
_DATED = {
    **_COMMON,
    "created": _Moment,
    "modified": _Moment,
    "created_by_ref?": str,
    "external_references?": _Objects,
    "revoked?": bool,
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
    "incident": {**_NAMED, "created": _Time, "modified": _Time, "labels?": _Texts, "extensions": _Parts},
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
        "source_ref": str,
        "target_ref": str,
    },
    "domain-name": {**_COMMON, "value": _Text},
    "marking-definition": {**_COMMON, "created": _Time, "name": _Text, "extensions": _Parts},
    "extension-definition": {**_NAMED, "schema": _Text, "version": _Text, "extension_types": _Texts},
}


def _make_type(name: str, properties: dict[str, Any]) -> type:
    fields: list[Any] = [("id", str)]
    for key, kind in properties.items():
        fields.append((key[:-1], kind, None) if key.endswith("?") else (key, kind))
    return msgspec.defstruct(
        name.title().replace("-", ""),
        fields,
        tag_field="type",
        tag=name,
        kw_only=True,
        gc=False,  # they are dropped at once
        forbid_unknown_fields=True,
    )


_ANY: Any = list[Union[tuple(_make_type(*each) for each in _TYPES.items())]]  # type: ignore[misc]  # noqa: UP007

#: The properties that name one object, and those that name several, by type of object.
_ONE, _MANY = (
    {kind: tuple(name for name in names if {name, f"{name}?"} & set(held)) for kind, held in _TYPES.items()}
    for names in (
        ("created_by_ref", "source_ref", "target_ref"),
        ("object_marking_refs", "object_refs", "impacted_refs"),
    )
)


def check_form(objects: Sequence[Json]) -> None:
    """Raise `ValueError` when an object has not the properties of its type: a mistake of ours."""
    msgspec.convert(objects, _ANY)
    wrong = [each["id"] for each in objects if each["id"][:-_NUMBER] != each["type"]]
    if wrong:
        raise ValueError(f"{wrong[0]} is no id of its type")


def check_names(objects: Iterable[Json], names: set[str]) -> None:
    """Raise `ValueError` when an object names what is not there, or was changed before it was made."""
    for each in objects:
        for key in _ONE[each["type"]]:
            if key in each and each[key] not in names:
                raise ValueError(f"{each['id']} names {each[key]}, which is not there")
        for key in _MANY[each["type"]]:
            if key in each and not names.issuperset(each[key]):
                missing = next(name for name in each[key] if name not in names)
                raise ValueError(f"{each['id']} names {missing}, which is not there")
        if "modified" in each and each["modified"] < each["created"]:
            raise ValueError(f"{each['id']} was modified before it was created")
