"""How a record is cited, so that whoever follows the citation finds what was cited and can check it.

The hash is that of the record's JSON twin at the address that the citation gives: the bytes that this site
answers there, for the tier that it says. The hash that chains the log would tell a reader of every hidden
change before it (law 8), so it is given to those alone who may see them all.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.codebook.summary import make_summary
from incidex.exchange import to_record
from incidex.model import Incident, Report, Tier
from incidex.search import say_title
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_json, make_page
from incidex.web.record import find_date
from incidex.web.slugs import link
from incidex.web.words import is_web_address, say_date

#: Reports in the JSON-LD of a page; the page itself has them all.
MOST_REPORTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a citation says of a record as it stood."""

    id: str
    title: str
    version: int
    at: datetime  # when it last changed
    tier: str
    url: str  # of the page, as it stood
    json_url: str
    sha256: str  # of what stands at `json_url`
    serial: int = 0  # of the last change, for those who may see all of them; 0 for the others
    chain: str = ""

    @property
    def when(self) -> str:
        """The day, in words."""
        return say_date(self.at.date().isoformat())

    @property
    def stamp(self) -> str:
        """The time, as an address carries it."""
        return to_stamp(self.at)


@get("/incidents/{name:str}/cite", sync_to_thread=True)
def cite(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with the ways to cite a record as it stands."""
    cited = _find(request, site, visit, name)
    texts = [(kind, said, write(cited)) for kind, (said, _, write) in _FORMATS.items()]
    return make_page("cite.html", visit, title=f"Cite: {cited.title}", cited=cited, texts=texts)


@get("/incidents/{name:str}/cite/{kind:str}", sync_to_thread=True)
def cite_as(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    name: FromPath[str],
    kind: FromPath[str],
) -> Answer:
    """Answer with the citation alone, as `text`, `bibtex` or `csl`."""
    found = _FORMATS.get(kind)
    if found is None:
        raise HTTPException(status_code=404)
    _, media_type, write = found
    return Response(
        write(_find(request, site, visit, name)).encode("utf-8", "replace"), media_type=media_type
    )


HANDLERS = (cite, cite_as)


def stood_at(incident: Incident) -> datetime:
    """Return when a record last changed, or was last judged to be one with another."""
    return max([incident.changed_at, *(tie.at for tie in incident.ties)])


def to_stamp(at: datetime) -> str:
    """Return a time to the microsecond, as addresses carry it."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def make_linked_data(incident: Incident, base: str) -> str:
    """Return the record as JSON-LD of schema.org, ready to stand in a page.

    It says what the record is and what it rests on, and no claim as a fact: its description is the summary
    in which every sentence has its speaker. Characters that could end the element are written as escapes.
    """
    held: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{base}{link('incidents', incident.id)}",
        "url": f"{base}{link('incidents', incident.id)}",
        "name": say_title(incident),
        "description": make_summary(incident) or "Nobody has said anything that can be shown here.",
        "identifier": incident.id,
        "version": str(incident.version),
        "dateCreated": incident.opened_at.isoformat(),
        "dateModified": incident.changed_at.isoformat(),
        "temporalCoverage": find_date(incident)[1],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "Incidex"},
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/json",
            "contentUrl": f"{base}/api/v1{link('incidents', incident.id)}",
        },
        "isBasedOn": [_linked_report(report) for report in incident.reports[:MOST_REPORTS]],
    }
    text = json.dumps({name: value for name, value in held.items() if value}, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _linked_report(report: Report) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": report.title or report.source.name,
        "datePublished": report.published,
        "url": report.url if is_web_address(report.url) else "",
        "publisher": {"@type": "Organization", "name": report.source.name},
    }
    return {name: value for name, value in made.items() if value}


def _find(request: AnyRequest, site: Site, visit: Visit, name: str) -> Citation:
    now = site.library.find_incident(name, visit.tier)
    if now is None:
        raise HTTPException(status_code=404)
    at = stood_at(now)
    then = site.library.find_incident(now.id, visit.tier, at) or now
    address = quote(then.id, safe="")
    base = site.home(request)
    history = site.library.history(then.id, visit.tier) if visit.tier is Tier.RED else ()
    return Citation(
        id=then.id,
        title=say_title(then),
        version=then.version,
        at=at,
        tier=then.tier.name,
        url=f"{base}/incidents/{address}?as_of={to_stamp(at)}",
        json_url=f"{base}/api/v1/incidents/{address}?as_of={to_stamp(at)}",
        sha256=sha256(make_json(to_record(then)).content).hexdigest(),
        serial=history[-1].serial if history else 0,
        chain=history[-1].hash if history else "",
    )


def write_text(cited: Citation) -> str:
    """Return the citation in a sentence."""
    return (
        f"Incidex. “{cited.title}.” Incident record {cited.id}, version {cited.version}, as it stood at "
        f"{cited.stamp} (TLP:{cited.tier}). SHA-256 {cited.sha256}. {cited.url}"
    )


def write_bibtex(cited: Citation) -> str:
    """Return the citation for BibTeX."""
    rows = {
        "author": "{Incidex}",
        "title": f"{{{_escape_bibtex(cited.title)}}}",
        "year": f"{cited.at.year}",
        "month": f"{cited.at.month}",
        "version": f"{cited.version}",
        "howpublished": f"\\url{{{cited.url}}}",
        "note": f"Incident record {cited.id}, as it stood at {cited.stamp}, TLP:{cited.tier}, "
        f"SHA-256 {cited.sha256}",
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in rows.items())
    return f"@misc{{incidex-{cited.id}-v{cited.version},\n{body}\n}}\n"


def write_csl(cited: Citation) -> str:
    """Return the citation as CSL-JSON, version 1.0.2."""
    entry = {
        "id": f"incidex-{cited.id}-v{cited.version}",
        "type": "dataset",
        "author": [{"literal": "Incidex"}],
        "title": cited.title,
        "number": cited.id,
        "version": str(cited.version),
        "issued": {"date-parts": [[cited.at.year, cited.at.month, cited.at.day]]},
        "note": f"As it stood at {cited.stamp}, TLP:{cited.tier}. SHA-256: {cited.sha256}",
        "URL": cited.url,
    }
    return json.dumps([entry], ensure_ascii=False, indent=1) + "\n"


_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        **{each: f"\\{each}" for each in "#$%&_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def _escape_bibtex(text: str) -> str:
    return " ".join(text.split()).translate(_BIBTEX)


#: Each way to cite: what it is called, its media type, and how it is written.
_FORMATS: Mapping[str, tuple[str, str, Callable[[Citation], str]]] = MappingProxyType(
    {
        "text": ("Text", "text/plain; charset=utf-8", write_text),
        "bibtex": ("BibTeX", "application/x-bibtex; charset=utf-8", write_bibtex),
        "csl": ("CSL-JSON", "application/vnd.citationstyles.csl+json", write_csl),
    }
)
