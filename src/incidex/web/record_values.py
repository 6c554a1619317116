"""All that is said of one field of a record: the page behind what a record page leaves out."""

from dataclasses import replace
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.codebook import fields
from incidex.exchange import to_record
from incidex.search import say_title
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Site,
    Visit,
    make_json,
    make_page,
    parse_as_of,
    parse_first,
    prefers_json,
)
from incidex.web.api import choose
from incidex.web.asked import say_moment
from incidex.web.record import make_rows
from incidex.web.shortened import link_values, shorten_row
from incidex.web.slugs import link
from incidex.web.words import say_label

#: Values on one page, and claims on each side of one; the API has all of them.
MOST_VALUES, MOST_CLAIMS = 20, 30


@get("/incidents/{name:str}/values/{field:str}", sync_to_thread=True)
def values(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    name: FromPath[str],
    field: FromPath[str],
) -> Answer:
    """Answer with all that is said of one field of a record, some values at a time."""
    at, first = request.query_params.get("as_of", ""), parse_first(request.query_params.get("first", ""))
    as_of = parse_as_of(at, visit.tier)
    found = site.library.find_incident(name, visit.tier, as_of)
    if found is None or field not in {*fields(), *found.values, *found.denied}:
        raise HTTPException(status_code=404)
    if prefers_json(request):
        return make_json(choose(to_record(found), (field,)))
    rows = make_rows(found, field)
    claims = f"/api/v1/claims?{urlencode({'incident': found.id, 'field': field})}"
    following = first + MOST_VALUES
    return make_page(
        "values.html",
        visit,
        title=f"{say_label(field)}: {say_title(found)}",
        label=say_label(field),
        record=say_title(found),
        link=link("incidents", found.id),
        moment=say_moment(as_of),
        rows=[
            shorten_row(
                replace(each, values=each.values[first:following]), MOST_VALUES, MOST_CLAIMS, whole=claims
            )
            for each in rows
        ],
        here=link_values(link("incidents", found.id), field),
        at=at,
        first=first,
        following=following if any(len(each.values) > following for each in rows) else 0,
    )


HANDLERS = (values,)
