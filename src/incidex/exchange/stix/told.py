"""Who says what, in which words: notes and opinions by the speakers, and the reports that they stand in."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from incidex.codebook import get_field
from incidex.exchange.stix.dates import find_moment
from incidex.exchange.stix.draft import Draft, percent
from incidex.exchange.stix.fixed import MARKED, OURS
from incidex.exchange.stix.ids import make_id
from incidex.exchange.stix.references import is_address
from incidex.model import Claim, Judgement, NoEvidence, Report, Stance, Tier, Value

Json = dict[str, Any]

_NOTE = "An analyst's note"
_TIERS = tuple(tier.name for tier in Tier)

#: Of the values that the incident itself holds, the one that an opinion on the incident is about.
_ABOUT_ALL = "security_incident"


def tell(draft: Draft) -> None:
    """Add every claim on a value that goes out, and on one that is only denied; then the reports."""
    rests: dict[str, list[str]] = defaultdict(list)
    places = {name: _say_report(report) for name, report in draft.reports.items()}
    for value in _told(draft):
        target = draft.targets.get((value.field, value.value), draft.id)
        label = f"{get_field(value.field).label}: {value.value}"
        refs = [draft.id] if target == draft.id else [draft.id, target]
        is_object = target != draft.id or value.field == _ABOUT_ALL
        for claim in value.claims:
            words = (label, _say(claim, places.get(claim.report, "")))
            if is_object and claim.stance is not Stance.ASSERTS:
                made = _add_claim(draft, "opinion", claim, [target], words)
            else:
                made = _add_claim(draft, "note", claim, refs, words)
            rests[claim.report] += (target, made)
    for report in draft.incident.reports:
        _add_report(draft, report, rests[report.id])


def _told(draft: Draft) -> Iterator[Value]:
    for values in draft.chosen.values():
        yield from values
    for values in draft.incident.denied.values():
        yield from values


def _add_claim(draft: Draft, kind: str, claim: Claim, refs: list[str], words: tuple[str, str]) -> str:
    """Add a claim: as an opinion where it is against an object, else as a note that says it in words.

    Most objects are these, so that they are put together here, and not by way of `own`.
    """
    name = draft.name(kind, claim.id)
    speaker = claim.speaker.name
    label, said = words
    made: Json = {
        "type": kind,
        "spec_version": "2.1",
        "id": name,
        "created_by_ref": draft.party(speaker),
        "created": draft.created,
        "modified": draft.modified,
        "confidence": percent(claim.confidence),
        "authors": [speaker or "unnamed"],
    }
    if kind == "note":
        made["abstract"], made["content"] = label, said
    else:
        made["opinion"] = "strongly-disagree" if claim.stance is Stance.DENIES else "neutral"
        made["explanation"] = f"{label}\n\n{said}"
    made["object_refs"] = refs
    if claim.report in draft.references:
        made["external_references"] = draft.references[claim.report]
    made["extensions"] = {OURS: _describe(claim, draft.incident.id)}
    made["object_marking_refs"] = MARKED[claim.tier]
    draft.objects[name] = draft.mine[name] = made
    return name


def _say(claim: Claim, where: str) -> str:
    said = f"{claim.speaker.name} ({claim.speaker.role}) {_say_stance(claim.stance)}."
    if claim.evidence is None:
        is_imported = claim.no_evidence is NoEvidence.IMPORTED
        return f"{said} {'Imported from another database' if is_imported else _NOTE}; nothing to quote."
    return f"{said}\n\n“{claim.evidence.quote}”{where}"


def _say_stance(stance: Stance) -> str:
    if stance is Stance.ASSERTS:
        return "says so"
    return "denies it" if stance is Stance.DENIES else "could not say"


def _say_report(report: Report) -> str:
    parts = (report.source.name, report.published, report.title)
    return f"\n\n{', '.join(part for part in parts if part)}"


def _describe(claim: Claim, record: str) -> Json:
    """Return the claim whole, under the names that our extension defines."""
    return {
        "extension_type": "property-extension",
        "record": record,
        "claim": claim.id,
        "field": claim.field,
        "value": claim.value,
        "stance": str(claim.stance),
        "speaker": claim.speaker.name,
        "speaker_role": str(claim.speaker.role),
        "report": claim.report,
        "coder": claim.coder,
        "probability": claim.confidence,
        "tier": _TIERS[claim.tier],
        "why": claim.why,
        **_describe_evidence(claim),
    }


def _describe_evidence(claim: Claim) -> Json:
    held = claim.evidence
    if held is None:
        return {"no_evidence": str(claim.no_evidence)}
    return {
        "start": held.span.start,
        "end": held.span.end,
        "quote": held.quote,
        "prefix": held.prefix,
        "suffix": held.suffix,
    }


def _add_report(draft: Draft, report: Report, rests: list[str]) -> None:
    moment = find_moment(report.published) if report.published else None
    if moment is None:
        why = "STIX demands when a report was published; this is when the record was opened"
        draft.add_demanded("", draft.created, why)
    references = [
        *draft.references[report.id],
        *({"source_name": "account", "url": url} for url in report.accounts if is_address(url)),
    ]
    draft.own(
        "report",
        report.id,
        tier=report.tier,
        by=draft.party(report.source.name),
        name=report.title or f"Report by {report.source.name or 'an unnamed publisher'}",
        report_types=["threat-report"],
        published=moment.time if moment else draft.created,
        object_refs=list(dict.fromkeys([draft.id, *rests])),
        external_references=references,
        **({"labels": [report.register]} if report.register else {}),
        extensions={OURS: _describe_report(draft, report)},
    )


def _describe_report(draft: Draft, report: Report) -> Json:
    removed = draft.incident.removed.get(report.id)
    return {
        "extension_type": "property-extension",
        "record": report.id,
        "sha256": report.sha256,
        "publisher": report.source.name,
        "publisher_role": str(report.source.role),
        "reliability": report.source.reliability,
        "published": report.published,
        "register": report.register,
        "tier": report.tier.name,
        **({"origin": report.origin} if report.origin else {}),
        **({"accounts": list(report.accounts)} if report.accounts else {}),
        **({"removed": removed.reason} if removed else {}),
    }


def describe_record(draft: Draft) -> Json:
    """Return what the record adds up to, value by value, under the names that our extension defines."""
    incident = draft.incident
    values = [_describe_value(value) for held in draft.chosen.values() for value in held]
    return {
        "extension_type": "property-extension",
        "record": incident.id,
        "version": incident.version,
        "tier": incident.tier.name,
        **({"values": values} if values else {}),
        **({"merged": list(incident.merged)} if incident.merged else {}),
    }


def _describe_value(value: Value) -> Json:
    return {
        "field": value.field,
        "value": value.value,
        "status": str(value.status),
        "reasons": list(value.reasons),
        "confidence": value.claims[0].confidence,
        "reviewed": str(value.reviewed) if value.reviewed else "",
    }


def relate_incidents(draft: Draft) -> None:
    """Relate the record to others as people have judged. The other may stand in another bundle.

    A pair is told from one side only, so that it is one relationship whichever record is exported.
    """
    for tie in draft.incident.ties:
        other = make_id("incident", tie.other)
        if tie.judgement is Judgement.CAUSED_BY:
            ends = (other, "led-to", draft.id)
        elif tie.judgement is Judgement.PART_OF:
            ends = (draft.id, "related-to", other)
        else:
            continue
        source, how, target = ends
        draft.own(
            "relationship",
            *ends,
            tier=max(Tier.CLEAR, draft.incident.tier),
            relationship_type=how,
            description=tie.why,
            source_ref=source,
            target_ref=target,
        )
