"""The ATT&CK matrix of what incidents tell, of all of them or of those that a search finds; and its layer.

The layer is a file for MITRE's ATT&CK Navigator, format 4.5 (https://github.com/mitre-attack/attack-navigator).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException

from incidex.codebook import Term, get_vocabulary
from incidex.model import Tier
from incidex.search import Order, Wish
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, prefers_json
from incidex.web.techniques import TACTICS, say_tactic
from incidex.web.twins import answer_twin
from incidex.web.views import View

#: Incidents of a search that the matrix is made of: the best ones.
MOST_FOUND, _PAGE = 1_000, 100

#: The version of ATT&CK that the codebook's techniques are of.
ATTACK_VERSION = "18"

#: Shades of a cell, from one incident to the most.
SHADES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTwin:
    """A technique under one of its tactics: how many incidents name it or a part of it."""

    id: str
    name: str
    incidents: int
    shade: int  # 0 for none, to `SHADES`


@dataclass(frozen=True, slots=True, kw_only=True)
class TacticTwin:
    """A column of the matrix."""

    id: str
    name: str
    techniques: Sequence[CellTwin]

    @property
    def seen(self) -> Sequence[CellTwin]:
        """The techniques that some incident names, those of the most incidents first."""
        found = [each for each in self.techniques if each.incidents]
        return sorted(found, key=lambda each: (-each.incidents, each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixTwin:
    """The matrix, as JSON."""

    domain: str
    query: str
    incident_count: int  # that were looked at
    technique_count: int  # that some of them name
    tactics: Sequence[TacticTwin]


@get("/techniques", sync_to_thread=True)
def techniques(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[MatrixTwin]:
    """Answer with the matrix: `domain` is enterprise, mobile or ics, `q` a search, `all` shows every cell."""
    found = _read(request, site, visit)
    if prefers_json(request):
        return answer_twin(found)
    asked = {"q": found.query, "domain": found.domain}
    return make_page(
        "matrix.html",
        visit,
        title="Techniques",
        matrix=found,
        domains=list(TACTICS),
        everything="all" in request.query_params,
        asked=urlencode({name: value for name, value in asked.items() if value}),
        hidden=visit.tier < Tier.GREEN,
    )


@get("/api/v1/techniques", sync_to_thread=True)
def techniques_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Response[MatrixTwin]:
    """Answer with the matrix as JSON."""
    return answer_twin(_read(request, site, visit))


@get("/api/v1/techniques-layer", sync_to_thread=True)
def layer(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with a layer for the ATT&CK Navigator, as a file."""
    found = _read(request, site, visit)
    body = json.dumps(make_layer(found, site.home(request)), ensure_ascii=True, indent=1).encode()
    name = f"incidex-{found.domain}.json"
    return Response(
        body,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


HANDLERS = (techniques, techniques_json, layer)


def make_matrix(
    view: View, domain: str, wanted: AbstractSet[str] | None = None, query: str = ""
) -> MatrixTwin:
    """Return the matrix of a domain, over all incidents or over those of the ids wanted."""
    terms = [each for each in get_vocabulary("technique").values() if each.extra.get("domain") == domain]
    counts = _count(view, terms, wanted)
    most = max(counts.values(), default=0)
    tactics = {
        each.extra["shortname"]: each
        for each in get_vocabulary("tactic").values()
        if each.extra["domain"] == domain
    }
    return MatrixTwin(
        domain=domain,
        query=query,
        incident_count=len(view.incidents) if wanted is None else len(wanted),
        technique_count=sum(count > 0 for count in counts.values()),
        tactics=[
            TacticTwin(
                id=tactics[name].id,
                name=say_tactic(name),
                techniques=[
                    CellTwin(
                        id=term.id,
                        name=term.label,
                        incidents=counts[term.id],
                        shade=_shade(counts[term.id], most),
                    )
                    for term in sorted(terms, key=lambda each: each.label)
                    if not term.parent and name in term.each("tactics")
                ],
            )
            for name in TACTICS[domain]
        ],
    )


def make_layer(matrix: MatrixTwin, base: str) -> dict[str, Any]:
    """Return the layer: every technique that some incident names, with their number as its score."""
    most = max((cell.incidents for tactic in matrix.tactics for cell in tactic.techniques), default=1)
    what = f" found by “{matrix.query}”" if matrix.query else ""
    return {
        "name": f"Incidex{f': {matrix.query}' if matrix.query else ''}",
        "versions": {"attack": ATTACK_VERSION, "navigator": "5.1.0", "layer": "4.5"},
        "domain": f"{matrix.domain}-attack",
        "description": f"In how many of {matrix.incident_count} incidents{what} reports tell of a technique; "
        "each with its evidence at the link.",
        "sorting": 3,
        "hideDisabled": False,
        "techniques": [
            {
                "techniqueID": cell.id,
                "score": cell.incidents,
                "comment": f"{cell.incidents} incident{'' if cell.incidents == 1 else 's'}",
                "enabled": True,
                "showSubtechniques": False,
                "links": [{"label": "Incidents", "url": f"{base}/techniques/{cell.id}"}],
            }
            for cell in {cell.id: cell for tactic in matrix.tactics for cell in tactic.seen}.values()
        ],
        "gradient": {"colors": ["#d5e6ea", "#0f4253"], "minValue": 0, "maxValue": max(1, most)},
        "legendItems": [],
    }


def _read(request: AnyRequest, site: Site, visit: Visit) -> MatrixTwin:
    domain = request.query_params.get("domain", "enterprise")
    query = request.query_params.get("q", "").strip()
    if domain not in TACTICS:
        raise HTTPException(status_code=404)
    view = site.view(visit.tier)
    if not query:
        return view.count(("matrix", domain), lambda: make_matrix(view, domain))
    return make_matrix(view, domain, frozenset(_search(site, visit, query)), query)


def _search(site: Site, visit: Visit, query: str) -> Iterator[str]:
    """Yield the ids of the best incidents that a search finds."""
    cursor = ""
    for _ in range(MOST_FOUND // _PAGE):
        wish = Wish(order=Order.RELEVANCE, limit=_PAGE, cursor=cursor, facets=False)
        found = site.library.search(query, visit.tier, wish)
        yield from (hit.entry.id for hit in found.hits)
        cursor = found.cursor
        if not cursor:
            return


def _count(view: View, terms: Iterable[Term], wanted: AbstractSet[str] | None) -> Mapping[str, int]:
    """Return how many incidents name each technique or a part of it."""
    incidents: dict[str, set[str]] = {}
    for term in terms:
        entry = view.techniques.get(term.id)
        named = set(entry.incidents) if entry else set()
        named = named if wanted is None else named & wanted
        for id in {term.id, term.parent} - {""}:  # noqa: A001
            incidents.setdefault(id, set()).update(named)
    return {id: len(named) for id, named in incidents.items()}  # noqa: A001


def _shade(count: int, most: int) -> int:
    """Return the shade of a count: each step is as much more as the one before, in ratio to the most."""
    if not count:
        return 0
    return min(SHADES, 1 + int((SHADES - 1) * (count - 1) / max(1, most - 1)))
