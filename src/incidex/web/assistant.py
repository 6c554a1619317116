"""What an assistant can ask: search, one incident, the evidence of a value, the codebook.

Each tool is a row of a table: what it does, what it takes, and the function that answers. Every function gets
the tier of whoever asks and hands it to the library, so that no tool knows more than a page does.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from incidex.codebook import fields, get_field, get_vocabulary
from incidex.model import AsOf, Claim, Incident, InputError, Report, Tier, Value
from incidex.search import BusyError, Hit, Wish
from incidex.web.answers import parse_as_of
from incidex.web.base import Library

Json = dict[str, Any]
Arguments = Mapping[str, Any]

MOST_HITS = 20
MOST_VALUES = 200  # of an incident
MOST_VOICES = 5  # of a value; its evidence has all of them
MOST_CLAIMS = 40
MOST_TERMS = 400

#: Characters of a text, and of what stands around a quotation.
_LONG, _QUOTE, _AROUND = 1_000, 400, 300

#: Changes of the log that are read before a search answers.
_SOON = 2_000


class Tool(NamedTuple):
    """One thing that an assistant can ask for."""

    title: str
    words: str
    takes: Json  # a JSON schema
    answer: Callable[[Library, Tier, Arguments], Json]


def _search(library: Library, tier: Tier, arguments: Arguments) -> Json:
    limit = max(1, min(MOST_HITS, _number(arguments, "limit", 10)))
    wish = Wish(limit=limit, cursor=_text(arguments, "cursor", required=False), facets=False)
    try:
        found = library.search(_text(arguments, "query"), tier, wish, most=_SOON)
    except BusyError as busy:
        raise InputError(f"{busy}; ask again in a minute") from busy
    return {
        "count": found.count,
        "incidents": [_say_hit(hit) for hit in found.hits],
        "next_cursor": found.cursor or None,
    }


def _say_hit(hit: Hit) -> Json:
    entry = hit.entry
    return {
        "id": entry.id,
        "title": _cut(entry.title),
        "date": entry.date or None,
        "victims": [_cut(name, 200) for name in entry.victims[:10]],
        "reports": entry.reports,
        "statuses": entry.statuses,
        "found_in": [{"part": match.part, "text": _cut(match.text, _QUOTE)} for match in hit.matches[:3]],
    }


def _get_incident(library: Library, tier: Tier, arguments: Arguments) -> Json:
    incident = _find(library, tier, arguments)
    values = [
        value for held in (incident.values, incident.denied) for each in held.values() for value in each
    ]
    reports = {report.id: report for report in incident.reports}
    told: Json = {
        "id": incident.id,
        "tier": incident.tier.name,
        "version": incident.version,
        "changed_at": incident.changed_at.isoformat(),
        "values": [_say_value(value) for value in values[:MOST_VALUES]],
        "withheld_from_this_tier": dict(incident.withheld),
        "reports": [_say_report(report) for report in list(reports.values())[:MOST_CLAIMS]],
    }
    if len(values) > MOST_VALUES:
        told["values_left_out"] = len(values) - MOST_VALUES
    return told


def _say_value(value: Value) -> Json:
    told: Json = {
        "field": value.field,
        "value": _cut(value.value),
        "status": str(value.status) if value.asserting else "only denied",
        "why": [_cut(reason) for reason in value.reasons],
        "confidence": round(value.confidence, 3),
        "claims": [_say_voice(claim) for claim in value.claims[:MOST_VOICES]],
    }
    if len(value.claims) > MOST_VOICES:
        told["more_claims"] = len(value.claims) - MOST_VOICES
    return told


def _say_voice(claim: Claim) -> Json:
    return {
        "id": claim.id,
        "stance": str(claim.stance),
        "speaker": _cut(claim.speaker.name, 200),
        "role": str(claim.speaker.role),
        "report": claim.report,
        "quote": _cut(claim.evidence.quote, _QUOTE) if claim.evidence else None,
    }


def _say_report(report: Report) -> Json:
    return {
        "id": report.id,
        "title": _cut(report.title, 300),
        "publisher": _cut(report.source.name, 200),
        "reliability": report.source.reliability,
        "published": report.published or None,
        "url": _cut(report.url, 500) or None,
    }


def _get_evidence(library: Library, tier: Tier, arguments: Arguments) -> Json:
    incident = _find(library, tier, arguments)
    field, value, wanted = (_text(arguments, name, required=False) for name in ("field", "value", "claim"))
    if not field and not wanted:
        raise InputError("name a field, or the id of a claim")
    if field:
        get_field(field)
    found = [
        claim
        for claim in incident.claims
        if (not field or claim.field == field)
        and (not value or claim.value == value)
        and (not wanted or claim.id == wanted)
    ]
    if not found:
        raise InputError("no claim of this incident is like that; get_incident lists its values and claims")
    told: Json = {
        "incident": incident.id,
        "evidence": list(_say_claims(library, tier, incident, found[:MOST_CLAIMS])),
    }
    if len(found) > MOST_CLAIMS:
        told["claims_left_out"] = len(found) - MOST_CLAIMS
    return told


def _say_claims(library: Library, tier: Tier, incident: Incident, claims: list[Claim]) -> Iterator[Json]:
    reports = {report.id: report for report in incident.reports}
    texts: dict[str, str] = {}
    for claim in claims:
        if claim.report not in texts:
            found = library.find_report(claim.report, tier)
            texts[claim.report] = found[1].text if found else ""
        report = reports.get(claim.report)
        yield {
            **_say_voice(claim),
            "field": claim.field,
            "value": _cut(claim.value),
            "confidence": round(claim.confidence, 3),
            "coder": claim.coder,
            "no_quote_because": str(claim.no_evidence) if claim.no_evidence else None,
            "passage": _find_passage(claim, texts[claim.report]),
            "report": _say_report(report) if report else {"id": claim.report},
        }


def _find_passage(claim: Claim, text: str) -> str | None:
    """Return the quotation with what stands around it, when the text is there and says it."""
    held = claim.evidence
    if held is None:
        return None
    if not held.is_verbatim_in(text):
        return _cut(f"{held.prefix}{held.quote}{held.suffix}")
    start, end = held.span.start, min(held.span.end, held.span.start + _LONG)
    return text[max(0, start - _AROUND) : end + _AROUND]


def _list_codebook(_library: Library, _tier: Tier, arguments: Arguments) -> Json:
    name = _text(arguments, "field", required=False)
    if not name:
        return {
            "fields": [{"name": f.name, "label": f.label, "kind": str(f.kind)} for f in fields().values()]
        }
    field = get_field(name)
    terms = list(get_vocabulary(field.vocabulary).values()) if field.vocabulary else []
    told: Json = {
        "name": field.name,
        "label": field.label,
        "kind": str(field.kind),
        "definition": field.definition,
        "several_values": field.many,
        "confirmed_by": sorted(str(role) for role in field.confirmed_by),
        "values": [{"id": term.id, "label": term.label} for term in terms[:MOST_TERMS]],
    }
    if len(terms) > MOST_TERMS:
        told["values_left_out"] = len(terms) - MOST_TERMS
    return told


def _find(library: Library, tier: Tier, arguments: Arguments) -> Incident:
    name = _text(arguments, "incident")
    as_of: AsOf = parse_as_of(_text(arguments, "as_of", required=False), tier)
    found = library.find_incident(name, tier, as_of)
    if found is None:
        raise InputError(f"there is no incident {_cut(name, 80)!r} to see; search finds ids")
    return found


def _text(arguments: Arguments, name: str, *, required: bool = True) -> str:
    value = arguments.get(name, "")
    if not isinstance(value, str) or len(value) > 2_000:
        raise InputError(f"{name} is a text of at most 2,000 characters")
    if required and not value.strip():
        raise InputError(f"{name} is missing")
    return value.strip()


def _number(arguments: Arguments, name: str, default: int) -> int:
    value = arguments.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{name} is a whole number")
    return value


def _cut(text: str, most: int = _LONG) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _takes(required: tuple[str, ...] = (), **properties: str | Json) -> Json:
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": said} if isinstance(said, str) else said
            for name, said in properties.items()
        },
        "required": list(required),
        "additionalProperties": False,
    }


_ID = "The incident's id, as search gives it."
_AS_OF = "As it stood at a time with its zone, such as 2026-11-25T12:00:00Z."

TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "search": Tool(
            "Search incidents",
            "Find cyber incidents. Words are searched everywhere; a field narrows: victim.country:US, "
            "action:hacking, technique:T1566, date:2017..2019, status:disputed, speaker:name, -word, OR, "
            '"these words". Answers ids, titles, dates, victims, and where the words stand.',
            _takes(
                ("query",),
                query="The query.",
                limit={"type": "integer", "minimum": 1, "maximum": MOST_HITS, "description": "How many."},
                cursor="next_cursor of the page before.",
            ),
            _search,
        ),
        "get_incident": Tool(
            "Read one incident",
            "Read a record: each value with its status (reported, claimed, confirmed, disputed, retracted), "
            "why, who says it and who denies it, in which report, in which words.",
            _takes(("incident",), incident=_ID, as_of=_AS_OF),
            _get_incident,
        ),
        "get_evidence": Tool(
            "Read the evidence of a value",
            "Read every claim behind a field or value of an incident: the passage of the report around the "
            "quoted words, the speaker, the stance, and the report's publisher, date and address.",
            _takes(
                ("incident",),
                incident=_ID,
                field="A field of the codebook, such as data.records.",
                value="One value of the field, as get_incident writes it.",
                claim="Or the id of one claim.",
                as_of=_AS_OF,
            ),
            _get_evidence,
        ),
        "list_codebook": Tool(
            "Read the codebook",
            "List the fields that claims are about; of one field, its definition and allowed values.",
            _takes(field="A field's name; all are listed without one."),
            _list_codebook,
        ),
    }
)


def call(library: Library, tier: Tier, name: str, arguments: Arguments) -> Json:
    """Answer a call; raise `InputError` for a tool or argument that there is not."""
    tool = TOOLS.get(name)
    if tool is None:
        raise InputError(f"there is no tool {_cut(name, 80)!r}; there are {', '.join(TOOLS)}")
    unknown = sorted(set(arguments) - set(tool.takes["properties"]))
    if unknown:
        raise InputError(f"{name} takes {', '.join(tool.takes['properties'])}, not {_cut(unknown[0], 80)!r}")
    return tool.answer(library, tier, arguments)
