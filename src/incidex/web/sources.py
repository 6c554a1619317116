"""A source's page: how reliable it is, what it reported, and what of that was corrected or is disputed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from incidex.model import Incident, Report, Status, Tier, sort_reports
from incidex.search import say_title
from incidex.web.base import Library
from incidex.web.corrections import Correction, find_corrections
from incidex.web.slugs import link
from incidex.web.views import SourceEntry, View
from incidex.web.words import is_web_address, say_date, say_label, say_value

#: The Admiralty scale (NATO AJP-2.1), in words.
RELIABILITY: Mapping[str, str] = MappingProxyType(
    {
        "A": "completely reliable",
        "B": "usually reliable",
        "C": "fairly reliable",
        "D": "not usually reliable",
        "E": "unreliable",
        "F": "cannot be judged",
    }
)

#: Reports and disputes on a page.
MOST_REPORTS, MOST_DISPUTES = 100, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTwin:
    """A report of a source, in a list."""

    id: str
    title: str
    published: str  # EDTF, "" when unknown
    register: str
    link: str

    @property
    def when(self) -> str:
        """The day, in words."""
        return say_date(self.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A value that the source reports and that somebody disputes."""

    incident: str
    title: str
    field: str
    value: str

    @property
    def link(self) -> str:
        """The address of the value in its record."""
        return f"{link('incidents', self.incident)}#f-{self.field}"

    @property
    def said(self) -> str:
        """The field and its value, in words."""
        return f"{say_label(self.field)}: {say_value(self.field, self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTwin:
    """A source, as JSON."""

    id: str
    name: str
    role: str
    url: str
    reliability: str  # a letter of the Admiralty scale
    report_count: int
    incident_count: int
    reports: Sequence[ReportTwin]
    corrections: Sequence[Correction]
    disputed: Sequence[Disputed]

    @property
    def reliability_said(self) -> str:
        """The letter, in words."""
        return RELIABILITY[self.reliability]


def make_source(view: View, library: Library, tier: Tier, entry: SourceEntry) -> SourceTwin:
    """Return a source, with its newest reports and what became of what it reported."""
    reports = sort_reports(list(entry.reports.values()))[::-1]
    newest = next((each.source for each in reports if each.published), entry.source)
    return SourceTwin(
        id=entry.id,
        name=newest.name,
        role=str(newest.role),
        url=newest.url if is_web_address(newest.url) else "",
        reliability=newest.reliability,
        report_count=len(reports),
        incident_count=len(entry.incidents),
        reports=[_twin(each) for each in reports[:MOST_REPORTS]],
        corrections=[each for each in find_corrections(view, library, tier) if each.source == entry.id],
        disputed=list(_disputed(entry))[:MOST_DISPUTES],
    )


def _twin(report: Report) -> ReportTwin:
    return ReportTwin(
        id=report.id,
        title=report.title or report.source.name,
        published=report.published,
        register=report.register,
        link=link("reports", report.id),
    )


def _disputed(entry: SourceEntry) -> Iterator[Disputed]:
    for incident in entry.incidents.values():
        yield from _disputed_in(incident, entry)


def _disputed_in(incident: Incident, entry: SourceEntry) -> Iterator[Disputed]:
    for field, held in incident.values.items():
        for value in held:
            if value.status is Status.DISPUTED and any(
                claim.report in entry.reports for claim in value.asserting
            ):
                yield Disputed(
                    incident=incident.id, title=say_title(incident), field=field, value=value.value
                )
