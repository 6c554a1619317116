"""Records as JSON: the twin of a record page, and the line that a coding run writes for each report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from incidex.model import Claim, Evidence, Incident, Removal, Report, Tie, Value

Json = dict[str, Any]


def to_record(incident: Incident) -> Json:
    """Return the incident as plain JSON values: everything its tier may see, and nothing else.

    Shape: `id`, `version`, `tier` (a TLP name), `opened_at` and `changed_at` (ISO 8601, UTC), `values` and
    `denied` (field to a list of values, each with its claims), `withheld` (field to a count, or null for
    "available to members"), `reports`, `ties` (what was judged of this incident and others; an incident
    that is the same one, and was merged, among them), and `removed` (report to why its words are gone: its
    quotes are then full blocks, U+2588).
    """
    return {
        "id": incident.id,
        "version": incident.version,
        "tier": incident.tier.name,
        "opened_at": _to_time(incident.opened_at),
        "changed_at": _to_time(incident.changed_at),
        "values": _to_fields(incident.values),
        "denied": _to_fields(incident.denied),
        "withheld": dict(incident.withheld),
        "reports": [_to_report(report) for report in incident.reports],
        "ties": [_to_tie(tie) for tie in incident.ties],
        "circular": list(incident.circular),
        "removed": {report: _to_removal(removal) for report, removal in incident.removed.items()},
    }


def to_coded_line(
    id: str | int,  # noqa: A002
    incidents: Iterable[tuple[Sequence[Claim], Incident]],
    notes: Sequence[str] = (),
) -> Json:
    """Return what coding made of one report, as section 6 of the design has it.

    Each incident is its claims and their fold; the record's values name their claims by place in that list.
    Offsets are code points of the document's text. `notes` are what a person should know of how it was read;
    the key is left out where there are none.
    """
    told = [_to_coded(claims, incident) for claims, incident in incidents]
    return {"id": id, "incidents": told, **({"notes": list(notes)} if notes else {})}


def _to_coded(claims: Sequence[Claim], incident: Incident) -> Json:
    # The fold hands back the very claims it was given, and of one said twice the first.
    places = {id(claim): place for place, claim in reversed(list(enumerate(claims)))}
    return {
        "claims": [_to_coded_claim(claim) for claim in claims],
        "record": {
            field: [_to_coded_value(value, places) for value in held]
            for field, held in incident.values.items()
        },
    }


def _to_coded_claim(claim: Claim) -> Json:
    return {
        "field": claim.field,
        "value": claim.value,
        "stance": str(claim.stance),
        "speaker": _to_speaker(claim),
        "confidence": claim.confidence,
        "coder": claim.coder,
        "evidence": _to_place(claim.evidence) if claim.evidence else None,
    }


def _to_coded_value(value: Value, places: Mapping[int, int]) -> Json:
    return {
        "value": value.value,
        "status": str(value.status),
        "confidence": value.confidence,
        "claims": sorted([places[id(claim)] for claim in value.claims if id(claim) in places]),
    }


def _to_fields(fields: Mapping[str, tuple[Value, ...]]) -> Json:
    return {field: [_to_value(value) for value in held] for field, held in fields.items()}


def _to_value(value: Value) -> Json:
    return {
        "value": value.value,
        "status": str(value.status),
        "reasons": list(value.reasons),
        "confidence": value.confidence,
        "reviewed": str(value.reviewed) if value.reviewed else None,
        "claims": [_to_claim(claim) for claim in value.claims],
    }


def _to_claim(claim: Claim) -> Json:
    words = _to_evidence(claim.evidence) if claim.evidence else {}
    return {
        "id": claim.id,
        "speaker": _to_speaker(claim),
        "stance": str(claim.stance),
        "report": claim.report,
        "coder": claim.coder,
        "confidence": claim.confidence,
        "tier": claim.tier.name,
        "why": claim.why,
        "no_evidence": str(claim.no_evidence) if claim.no_evidence else None,
        **words,
    }


def _to_speaker(claim: Claim) -> Json:
    return {"name": claim.speaker.name, "role": str(claim.speaker.role)}


def _to_place(evidence: Evidence) -> Json:
    return {"start": evidence.span.start, "end": evidence.span.end, "quote": evidence.quote}


def _to_evidence(evidence: Evidence) -> Json:
    return {**_to_place(evidence), "prefix": evidence.prefix, "suffix": evidence.suffix}


def _to_report(report: Report) -> Json:
    return {
        "id": report.id,
        "sha256": report.sha256,
        "title": report.title,
        "publisher": report.source.name,
        "role": str(report.source.role),
        "reliability": report.source.reliability,
        "register": report.register,
        "published": report.published,
        "url": report.url,
        "accounts": list(report.accounts),
        "tier": report.tier.name,
        "licence": report.licence,
    }


def _to_tie(tie: Tie) -> Json:
    return {
        "incident": tie.other,
        "judgement": str(tie.judgement),
        "by": tie.by,
        "at": _to_time(tie.at),
        "why": tie.why,
    }


def _to_removal(removal: Removal) -> Json:
    return {
        "reason": removal.reason,
        "by": removal.by,
        "at": _to_time(removal.at),
        "quotes_only": removal.quotes_only,
    }


def _to_time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
