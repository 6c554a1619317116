"""Records as tables: one row an incident, or one row a claim. Memory does not grow with the rows."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from incidex.codebook import fields
from incidex.exchange.loss import Choice, Loss, Lost, choose, left_out, unsaid
from incidex.model import Claim, Incident

#: Between several values in one cell.
BETWEEN = "; "

#: What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

CLAIM_COLUMNS = (
    "incident",
    "field",
    "value",
    "status",
    "stance",
    "speaker",
    "role",
    "confidence",
    "coder",
    "reviewed",
    "report",
    "source",
    "published",
    "start",
    "end",
    "quote",
    "no_evidence",
)


def make_safe_cell(text: str) -> str:
    """Return the text as a spreadsheet shows it and never runs it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_incidents(
    incidents: Iterable[Incident], out: TextIO, choice: Choice = Choice.ALL
) -> Iterator[Loss]:
    """Write a CSV of one row an incident and one column a field; yield what that loses of each record."""
    names = tuple(fields())
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "version", "changed_at", *names))
    for incident in incidents:
        chosen = choose(incident, choice)
        cells = (BETWEEN.join(value.value for value in chosen.get(name, ())) for name in names)
        head = (incident.id, str(incident.version), incident.changed_at.isoformat())
        writer.writerow([make_safe_cell(cell) for cell in (*head, *cells)])
        yield from left_out(incident, chosen)
        for field, values in chosen.items():
            for value in values:
                yield from unsaid(incident, field, value)
                yield Loss(incident.id, field, value.value, Lost.EVIDENCE, "the words it rests on")


def write_claims(incidents: Iterable[Incident], out: TextIO) -> Iterator[Loss]:
    """Write a CSV of one row a claim, with who says so, in which report and words; nothing is lost."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CLAIM_COLUMNS)
    for incident in incidents:
        writer.writerows([make_safe_cell(cell) for cell in row] for row in _claim_rows(incident))
    yield from ()


def _claim_rows(incident: Incident) -> Iterator[tuple[str, ...]]:
    reports = {report.id: report for report in incident.reports}
    for group in (incident.values, incident.denied):
        for values in group.values():
            for value in values:
                for claim in value.claims:
                    report = reports.get(claim.report)
                    yield (
                        incident.id,
                        claim.field,
                        claim.value,
                        str(value.status),
                        str(claim.stance),
                        claim.speaker.name,
                        str(claim.speaker.role),
                        f"{claim.confidence:.4g}",
                        claim.coder,
                        str(value.reviewed or ""),
                        claim.report,
                        report.source.name if report else "",
                        report.published if report else "",
                        *_place(claim),
                    )


def _place(claim: Claim) -> tuple[str, str, str, str]:
    evidence = claim.evidence
    if evidence is None:
        return ("", "", "", str(claim.no_evidence))
    return (str(evidence.span.start), str(evidence.span.end), evidence.quote, "")
