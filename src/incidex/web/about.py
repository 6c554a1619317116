"""What this is, how it comes about, and how far it can be believed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from litestar import Response, get
from litestar.di import NamedDependency

from incidex.codebook import VERSION, fields
from incidex.model import Withheld
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, prefers_json
from incidex.web.front import count_all
from incidex.web.twins import answer_twin
from incidex.web.words import say_label

#: What each set of checked answers is made of.
_SETS: Mapping[str, str] = MappingProxyType(
    {
        "hhs-text": "Notices of breaches to the US Department of Health and Human Services",
        "hibp-text": "Descriptions of breaches by Have I Been Pwned",
        "vcdb-text": "Summaries of incidents in the VERIS Community Database",
        "tram-text": "Reports of intrusions annotated with techniques (TRAM)",
        "kinds": "Events told in a sentence or two",
        "none-a": "Texts without an incident, known when the coders were made",
        "none-b": "Texts without an incident, not known then",
        "registers": "Events told in many registers, from wire reports to court filings",
        "registers-a": "Event lists, vendor reports and long articles, known when the coders were made",
        "registers-b": "Event lists, vendor reports and long articles, not known then",
        "registers-c": "The same kinds of texts, by somebody who had no part in the coders",
        "registers-d": "More of them, by a third hand, with articles that only sound like incidents",
        "stories": "News of the trade: breaches, and flaws, malware, arrests and reports that are none",
        "relative-dates": "Dates counted from another day",
        "roundups-a": "Digests of several incidents, known when the coders were made",
        "roundups-b": "Digests of several incidents, not known then",
        "speech-a": "Who says what, in texts known when the coders were made",
        "speech-b": "Who says what, in texts not known then",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorTwin:
    """The lowest score that is allowed: F1, from 0 to 1."""

    name: str
    label: str
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTwin:
    """A set of texts with checked answers, and the scores that the coders must reach on it."""

    name: str
    label: str
    rows: int
    held_back: bool  # whether it is a sample of rows that nothing was learned from
    floors: Sequence[FloorTwin]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyTwin:
    """How much of the coding is right, as JSON."""

    sets: Sequence[SetTwin]


@get("/about", sync_to_thread=True)
def about(site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with what this is, and with what is withheld from whom."""
    withheld = [each for each in fields().values() if each.withheld is not Withheld.SILENT]
    return make_page(
        "about.html",
        visit,
        title="About",
        totals=count_all(site.view(visit.tier)),
        counted=[each.label for each in withheld if each.withheld is Withheld.COUNT],
        named=[each.label for each in withheld if each.withheld is Withheld.NAMED],
        version=VERSION,
        fields=len(fields()),
    )


@get("/accuracy", sync_to_thread=False)
def accuracy(request: AnyRequest, visit: NamedDependency[Visit]) -> Answer | Response[AccuracyTwin]:
    """Answer with the scores that the coders must reach on checked answers."""
    if prefers_json(request):
        return answer_twin(AccuracyTwin(sets=load_floors()))
    return make_page("accuracy.html", visit, title="Accuracy", sets=load_floors())


@get("/api/v1/accuracy", sync_to_thread=False)
def accuracy_json() -> Response[AccuracyTwin]:
    """Answer with the same as JSON."""
    return answer_twin(AccuracyTwin(sets=load_floors()))


HANDLERS = (about, accuracy, accuracy_json)


@cache
def load_floors() -> Sequence[SetTwin]:
    """Return the floors as this version's tests hold them: the file is the very one that they read."""
    held = json.loads(files("incidex.web").joinpath("data/floors.json").read_text("utf-8"))
    return [
        SetTwin(
            name=name,
            label=_SETS.get(name, name),
            rows=each["rows"],
            held_back=each["part"] == "test",
            floors=[
                FloorTwin(name=field, label=say_label(field), floor=floor)
                for field, floor in each["floors"].items()
            ],
        )
        for name, each in held["sets"].items()
    ]
