"""Whom a picture is drawn from: shares by source, language and country, and what people have reviewed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from incidex.model import Decision, Incident, Tier
from incidex.web.base import Library
from incidex.web.figures import Figure
from incidex.web.views import View, stands
from incidex.web.words import say_value

#: Lines of each share; the others are put together.
MOST_LINES = 4

#: Reports whose language is looked up. Their ids are hashes, so that the first of them are a random sample.
SAMPLE = 300

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the whole: 0.25 for a quarter."""

    label: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Whom the incidents of a picture come from."""

    known: int  # incidents that say something of what is drawn
    total: int
    sources: Sequence[Part]  # of their reports
    languages: Sequence[Part]  # of a sample of their reports, see `SAMPLE`
    countries: Sequence[Part]  # of the incidents
    reviewed: Sequence[Part]  # of the values that are drawn, or of all


def make_coverage(view: View, library: Library, tier: Tier, figure: Figure) -> Coverage:
    """Return whom a picture is drawn from; kept with the view."""
    return view.count(("coverage", figure.name), lambda: _make(view, library, tier, figure))


def _make(view: View, library: Library, tier: Tier, figure: Figure) -> Coverage:
    reports = {report.id: report for each in figure.counted for report in each.reports}
    spoken = find_languages(view, library, tier)
    countries = Counter(
        value for each in figure.counted for value in (set(stands(each, "victim.country")) or {UNKNOWN})
    )
    return Coverage(
        known=len(figure.counted),
        total=figure.total,
        sources=_shares(Counter(report.source.name for report in reports.values())),
        languages=_shares(Counter(spoken[each] or UNKNOWN for each in reports.keys() & spoken.keys())),
        countries=_shares(
            countries, lambda code: code if code == UNKNOWN else say_value("victim.country", code)
        ),
        reviewed=_reviewed(figure.counted, figure.fields),
    )


def find_languages(view: View, library: Library, tier: Tier) -> Mapping[str, str]:
    """Return the language of a random sample of the reports, by report; "" where it cannot be told."""
    return view.count("languages", lambda: _languages(view, library, tier))


def _languages(view: View, library: Library, tier: Tier) -> Mapping[str, str]:
    ids = sorted({report.id for each in view.incidents for report in each.reports})[:SAMPLE]
    found = ((id, library.find_report(id, tier)) for id in ids)  # noqa: A001
    return {id: held[1].language for id, held in found if held}  # noqa: A001


def _reviewed(incidents: Sequence[Incident], fields: Sequence[str]) -> Sequence[Part]:
    counts: Counter[str] = Counter()
    for incident in incidents:
        for name in fields or incident.values:
            for value in incident.values.get(name, ()):
                accepted = value.reviewed is Decision.ACCEPTED
                counts["reviewed by a person" if accepted else "machine only"] += 1
    return _shares(counts)


def _shares(counts: Counter[str], say: Callable[[str], str] = str) -> Sequence[Part]:
    whole = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [Part(label=say(name), share=count / whole) for name, count in ordered[:MOST_LINES]]
    left = ordered[MOST_LINES:]
    if left:
        rest = sum(count for _, count in left)
        parts.append(Part(label=f"{len(left)} other{'' if len(left) == 1 else 's'}", share=rest / whole))
    return parts
