"""Older VERIS records made 1.4.1, and what was changed. Pure; the record that comes in stays as it is.

Only what has another name or place in 1.4.1 is moved. Where 1.4.1 demands what an older version left open,
"Unknown" or "" is put there, so that the record can be checked; such fillings make no claims. Nothing that an
older version did not allow either is mended.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from incidex.exchange.veris_check import SCHEMA_VERSION

Json = dict[str, Any]

_UNKNOWN = "Unknown"


class Moved(NamedTuple):
    """A value that has another name in 1.4.1: where it stands now, and what it was."""

    path: str
    now: str
    was: str


#: Values by the list that they stand in: the older name, and the one of 1.4.1.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "action.malware.variety": {"Ram scraper": "RAM scraper", "MitM": "AitM"},
    "action.malware.vector": {
        "Web drive-by": "Web application - drive-by",
        "Web download": "Web application - download",
    },
    "action.hacking.variety": {
        "MitM": "AitM",
        "HTTP Response Splitting": "HTTP response splitting",
        "Footprinting": "Profile host",
    },
    "action.hacking.vector": {"Backdoor or C2": "Backdoor"},
    "action.social.vector": {"Website": "Web application"},
    "action.physical.vector": {
        "Visitor privileges": "Victim work area",
        "Uncontrolled location": "Public facility",
    },
    "action.error.variety": {"Omission": "Other"},
    "asset.assets": {
        "S - Remote access": "N - Remote access",
        "N - HSM": "S - Secrets vault",
        "S - SCADA": "S - ICS",
    },
}

#: What 1.3 wrote in one string of its discovery method: the side, and some names that have changed.
_SIDES = {"Ext": "external", "Int": "internal", "Prt": "partner"}
_DISCOVERIES = {
    "unrelated party": "unrelated 3rd party",
    "reported by user": "reported by employee",
    "it audit": "it review",
}


#: What 1.3 had under `asset.governance` and `asset.cloud`, by where 1.4.1 has it.
_GOVERNANCE = {
    "Personally owned": ("ownership", "Employee"),
    "3rd party owned": ("ownership", "Partner"),
    "3rd party managed": ("management", "External"),
    "3rd party hosted": ("hosting", "External - unknown environment"),
    "Internally isolated": ("hosting", "Internal"),
    "Unknown": ("ownership", _UNKNOWN),
}
_CLOUDS = {
    "No": "On-Premise Asset(s)",
    **dict.fromkeys(
        ("Hypervisor", "Partner application", "Hosting governance", "Customer attack", "Hosting error"),
        "External Cloud Asset(s)",
    ),
    "User breakout": "External Cloud Asset(s)",
}

#: A time of day as 1.3 has it; the codes of NAICS sectors that 1.4.1 knows.
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_SECTOR = re.compile(r"(?:00|11|2[1-3]|3[1-3]|4[24589]|5[1-6]|6[12]|7[12]|81|92).*")

#: Versions that are read; what calls itself otherwise is taken for the newest.
OLDER = ("1.2", "1.3")


def migrate(record: Mapping[str, Any]) -> tuple[Json, tuple[Moved, ...]]:
    """Return the record as 1.4.1, and the values that have other names there than they had."""
    made: Json = {name: _copy(held) for name, held in record.items()}
    version = made.get("schema_version", OLDER[-1])
    if version == SCHEMA_VERSION or not isinstance(version, str):
        return made, ()
    if "schema_version" in made:
        made["schema_version"] = SCHEMA_VERSION
    moved = tuple(_rename_values(made))
    if version.startswith(OLDER):
        moved += tuple(_drop_sector(made))
        for change in _CHANGES:
            change(made)
    return made, moved


def _copy(value: Any) -> Any:  # noqa: ANN401 - JSON is open
    """Copy what can be changed; a third of the time that `deepcopy` takes."""
    if isinstance(value, dict):
        return {name: _copy(held) for name, held in value.items()}
    return [_copy(held) for held in value] if isinstance(value, list) else value


def _rename_values(record: Json) -> Iterator[Moved]:
    for path, names in RENAMED.items():
        parent, _, last = path.rpartition(".")
        held = _part(record, parent).get(last)
        if not isinstance(held, list):
            continue
        for place, value in enumerate(held):
            inside = value.get("variety") if isinstance(value, dict) else value
            now = names.get(inside) if isinstance(inside, str) else None
            if now is None:
                continue
            held[place] = {**value, "variety": now} if isinstance(value, dict) else now
            yield Moved(f"{path}.{place}", now, str(inside))
        held[:] = _once(held) if any(value in names.values() for value in map(_inside, held)) else held


def _drop_sector(record: Json) -> Iterator[Moved]:
    """Call unknown an industry that older versions took and that no sector begins with."""
    victim = _part(record, "victim")
    industry = victim.get("industry")
    if isinstance(industry, str) and re.fullmatch(r"\d\d", industry) and not _SECTOR.match(industry):
        victim["industry"] = "000"
        yield Moved("victim.industry", "000", industry)


def _inside(value: object) -> object:
    return value.get("variety") if isinstance(value, dict) else value


def _once(values: list[Any]) -> list[Any]:
    """Return the values without those that a renaming made equal."""
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept


def _part(record: Json, path: str) -> Json:
    """Return the object at a path, an empty one when there is none; it is not put there."""
    held: object = record
    for name in path.split(".") if path else ():
        held = held.get(name) if isinstance(held, dict) else None
    return held if isinstance(held, dict) else {}


def _rename_unknown(record: Json) -> None:
    action = _part(record, "action")
    if "Unknown" in action:
        action.setdefault("unknown", action.pop("Unknown"))


def _split_discovery(record: Json) -> None:
    """Take "Int - log review" apart; a monitoring service is a partner's and never external."""
    method = record.get("discovery_method")
    if isinstance(method, str):
        side, _, name = method.partition(" - ")
        if side in _SIDES:
            name = _DISCOVERIES.get(name.casefold(), name.casefold())
            record["discovery_method"] = {_SIDES[side]: {"variety": [name[:1].upper() + name[1:]]}}
        elif method in ("Unknown", "Other"):
            record["discovery_method"] = {method.lower(): True}
    outside = _part(record, "discovery_method.external").get("variety")
    if isinstance(outside, list) and "Monitoring service" in outside:
        found = record["discovery_method"]
        outside.remove("Monitoring service")
        partner = found.setdefault("partner", {}).setdefault("variety", [])
        if "Monitoring service" not in partner:
            partner.append("Monitoring service")
        if not outside:
            del found["external"]


def _move_backdoors(record: Json) -> None:
    """Make the use of a back door a vector, which it is since 1.3.6."""
    hacking = _part(record, "action.hacking")
    variety, vector = hacking.get("variety"), hacking.get("vector")
    if isinstance(variety, list) and isinstance(vector, list) and "Use of backdoor or C2" in variety:
        variety.remove("Use of backdoor or C2")
        variety += [] if variety else [_UNKNOWN]
        vector += [] if "Backdoor" in vector else ["Backdoor"]


def _move_assets(record: Json) -> None:
    asset = _part(record, "asset")
    if not asset:
        return
    cloud = asset.get("cloud", _UNKNOWN)
    if isinstance(cloud, str):
        asset["cloud"] = [_CLOUDS.get(cloud, cloud)]
    asset.setdefault("assets", [{"variety": _UNKNOWN}])
    governance = asset.get("governance")
    if isinstance(governance, list) and governance and _is_known(governance):
        del asset["governance"]
        for each in governance:
            name, value = _GOVERNANCE[each]
            asset[name] = _once([*asset.get(name, []), value])


def _is_known(governance: list[object]) -> bool:
    return all(each in _GOVERNANCE for each in governance) and len(set(governance)) == len(governance)


def _fill_victim(record: Json) -> None:
    victim = _part(record, "victim")
    if victim:
        industry = str(victim.get("industry", ""))
        public = industry.startswith(("92", "00")) or not industry
        victim.setdefault("government", [_UNKNOWN if public else "NA"])


def _make_room_in_plus(record: Json) -> None:
    """Keep what 1.4.1 no longer allows under `plus.attribute`, one step aside."""
    held = _part(record, "plus.attribute.confidentiality")
    if held.pop("partner_data", None) == "Yes":
        subjects = _part(record, "attribute.confidentiality").setdefault("data_victim", [])
        if isinstance(subjects, list) and "Partner" not in subjects:
            subjects.append("Partner")
    aside = {name: held.pop(name) for name in list(held) if name != "data_abuse"}
    if aside:
        record["plus"].setdefault("attribute_1_3", {}).setdefault("confidentiality", {}).update(aside)


def _write_time(record: Json) -> None:
    """Write "16:20" as 1.4.1 does: "04:20:00 PM"."""
    incident = _part(record, "timeline.incident")
    found = _TIME.fullmatch(str(incident.get("time", "")))
    if found:
        hour, minute, second = int(found[1]), found[2], found[3] or "00"
        half = "PM" if hour >= 12 else "AM"
        incident["time"] = f"{(hour - 1) % 12 + 1:02}:{minute}:{second} {half}"


def _fill_summary(record: Json) -> None:
    record.setdefault("summary", "")


_CHANGES: tuple[Callable[[Json], None], ...] = (
    _rename_unknown,
    _split_discovery,
    _move_backdoors,
    _move_assets,
    _fill_victim,
    _make_room_in_plus,
    _write_time,
    _fill_summary,
)
