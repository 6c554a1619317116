"""STIX in: each incident of a bundle becomes a row, with what its objects say as claims of their makers.

Of a bundle that Incidex wrote, the claims are read as they were: speaker, stance and all. Of any other, what
its objects say is read by the table that they would have been written by.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from incidex.exchange.rows import MOST_ROW_BYTES, Draft, Refused, Row, refuse
from incidex.exchange.stix.bundle import Bundle, part_of, read_bundle, text_of
from incidex.exchange.stix.fixed import INCIDENT_CORE, OURS
from incidex.exchange.stix.foreign import MOST_OBJECTS, name_parts, say_objects
from incidex.model import InputError, Report, Role, Source, Speaker, Stance, Tier

CODER = "stix@1"

_TIERS = {tier.name: tier for tier in Tier}
_LINKS = frozenset({"incident", "relationship"})

#: What is said of objects and is no object of an incident; and kinds that are named at most.
_DEFINITIONS = frozenset({"marking-definition", "extension-definition"})
_MOST_KINDS = 20

#: The source of an incident that nobody signed.
_UNSIGNED = "STIX bundle"


def read_stix(file: BinaryIO) -> Iterator[Row | Refused]:
    """Yield the incidents of a STIX 2.1 bundle, one after another. The bundle is held in memory."""
    bundle = read_bundle(file)
    incidents = bundle.of_type("incident")
    if not incidents:
        raise InputError(_say_nothing(bundle))
    claims = _find_claims(bundle)
    kept = {name: _find_kept(bundle, name, claims) for name in incidents}
    _note_bundle(bundle, kept)
    for number, name in enumerate(incidents, start=1):
        row = _read(bundle, name, number, kept[name])
        if isinstance(row, Row) and len(row.raw) > MOST_ROW_BYTES:
            row = refuse(
                number, f"the incident with its objects is larger than {MOST_ROW_BYTES:,} bytes", column=name
            )
        yield row


def _say_nothing(bundle: Bundle) -> str:
    """Say why there is no incident to be read."""
    if bundle.revoked:
        return (
            f"{bundle.revoked[0]} was revoked by its maker, and there is no other incident in this bundle; "
            "withdraw what you have of it, or take the import back with `incidex import undo`"
        )
    if bundle.problems:
        place, problem = bundle.problems[0]
        return f"there is no incident in this bundle that could be read; {place}: {problem}"
    return "there is no incident in this bundle; Incidex reads incidents and what belongs to them"


def _find_kept(bundle: Bundle, name: str, claims: Mapping[str, list[str]]) -> list[str]:
    """Return the objects that an incident's row is kept with, itself first."""
    record = _record_of(bundle.get(name))
    return [name, *claims.get(record, ())] if record else [name, *_neighbours(bundle, name)]


def _record_of(made: Mapping[str, Any]) -> str:
    return text_of(part_of(part_of(made, "extensions"), OURS), "record")


def _note_bundle(bundle: Bundle, kept: Mapping[str, Sequence[str]]) -> None:
    """Note what is of no incident, and so not kept, and what is not told one by one."""
    used = {name for names in kept.values() for name in names}
    kinds = Counter(head.type for name, head in bundle.heads.items() if name not in used)
    left = {kind: count for kind, count in sorted(kinds.items()) if kind not in _DEFINITIONS}
    is_ours = any(_record_of(bundle.get(name)) for name in kept)  # whose claims hold all that the rest does
    if left and not is_ours:
        said = ", ".join(f"{kind[:40]} ({count:,})" for kind, count in [*left.items()][:_MOST_KINDS])
        bundle.problems.insert(0, ("objects", f"these belong to no incident and are not kept: {said}"))
    for name in bundle.revoked[:_MOST_KINDS]:
        problem = "its maker revoked this incident, so it was not read; withdraw what you have of it"
        bundle.problems.insert(0, (name, problem))
    if bundle.untold:
        bundle.problems.append(("objects", f"and {bundle.untold:,} problems more like these"))


def _read(bundle: Bundle, name: str, number: int, names: Sequence[str]) -> Row | Refused:
    incident = bundle.get(name)
    record = _record_of(incident)
    draft = Draft(number, _write(bundle, names), _make_report(bundle, incident), CODER)
    draft.call("stix", name)
    if number == 1:
        for place, problem in bundle.problems:
            draft.note(place, "", problem)
    draft.say("identifier", f"stix:{name}", f"{name}.id")
    if record:
        told = [(each, part_of(part_of(bundle.get(each), "extensions"), OURS)) for each in names[1:]]
        # What one speaker says openly and in confidence is one claim here, and an open one.
        for each, claim in sorted(told, key=lambda pair: _TIERS.get(text_of(pair[1], "tier"), Tier.RED)):
            _say_claim(draft, each, claim)
    else:
        say_objects(draft, bundle, incident)
    return draft.row()


def _find_claims(bundle: Bundle) -> Mapping[str, list[str]]:
    """Return the notes and opinions that carry a claim of ours, by the record that it is of."""
    found: dict[str, list[str]] = {}
    for kind in ("note", "opinion"):
        for name in bundle.of_type(kind):
            record = _record_of(bundle.get(name))
            if record:
                found.setdefault(record, []).append(name)
    return found


def _neighbours(bundle: Bundle, incident: str) -> list[str]:
    """Return what an incident's row is kept with: what it is tied to, what that is tied to, words and makers.

    Two steps and no further: a bundle may well be one net, and may go round in circles.
    """
    first = [*_tied(bundle, incident), *_parts(bundle, incident)]
    second = [each for name in first if bundle.heads[name].type not in _LINKS for each in _tied(bundle, name)]
    found = dict.fromkeys((*first, *second))
    words = [each for name in (incident, *found) for each in bundle.about.get(name, ())]
    makers = [bundle.heads[name].created_by_ref for name in (incident, *found, *words)]
    names = dict.fromkeys((*found, *words, *(name for name in makers if name in bundle.raw)))
    return [name for name in names if name != incident]


def _tied(bundle: Bundle, name: str) -> Iterator[str]:
    """Yield an object's relationships and what is at their other ends; of a hub, only what it says."""
    is_incident = bundle.heads[name].type == "incident"
    for each in bundle.relations.get(name, ())[:MOST_OBJECTS]:
        relation = bundle.heads[each]
        other = relation.target_ref if relation.source_ref == name else relation.source_ref
        if other in bundle.raw and (is_incident or relation.source_ref == name):
            yield from (each, other)


def _parts(bundle: Bundle, incident: str) -> list[str]:
    core = part_of(part_of(bundle.get(incident), "extensions"), INCIDENT_CORE)
    return [name for name, _ in name_parts(core) if name in bundle.raw]


def _write(bundle: Bundle, names: Sequence[str]) -> bytes:
    """Return objects as a bundle of their own, each as the very bytes that it came in."""
    return b'{"type":"bundle","objects":[' + b",\n".join(bundle.raw[name] for name in names) + b"]}"


def _make_report(bundle: Bundle, incident: Mapping[str, Any]) -> Report:
    maker = bundle.find(text_of(incident, "created_by_ref"))
    name = " ".join(text_of(maker, "name").split())[:200] or _UNSIGNED
    return Report(
        sha256="",
        source=Source(name=name, role=Role.RESEARCHER),
        title=text_of(incident, "name")[:300],
        published=_day(text_of(incident, "modified")),
        media_type="application/stix+json",
        register="database",
    )


def _day(time: str) -> str:
    return time[:10] if len(time) >= 10 and time[4:5] == "-" else ""


def _say_claim(draft: Draft, place: str, told: Mapping[str, Any]) -> None:
    """Say a claim of ours again, as whoever said it; a word that is none of ours is an issue."""
    try:
        speaker = Speaker(text_of(told, "speaker")[:200], Role(text_of(told, "speaker_role")))
        stance = Stance(text_of(told, "stance"))
        tier = Tier[text_of(told, "tier")]
        confidence = float(told.get("probability", 1.0))
    except (ValueError, KeyError, TypeError) as wrong:
        draft.note(place, "", f"its claim cannot be read: {wrong}")
        return
    draft.say(
        text_of(told, "field"),
        text_of(told, "value"),
        place,
        speaker=speaker,
        stance=stance,
        tier=tier,
        confidence=min(max(confidence, 0.0), 1.0),
        why=_say_why(told),
    )


def _say_why(told: Mapping[str, Any]) -> str:
    """Say which words the claim rested on where it was made; they are nobody's words here."""
    quote = text_of(told, "quote")[:300]
    return f"there it rests on “{quote}”" if quote else ""
