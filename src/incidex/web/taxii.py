"""A TAXII 2.1 server (OASIS, June 2021), read only: a collection for each tier that a visitor has."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import msgspec
from litestar import HttpMethod, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from incidex.model import Tier
from incidex.search import BusyError
from incidex.web.answers import HEADERS, MOST_FORM_BYTES, Answer, AnyRequest, Refused, Visit, explain
from incidex.web.base import Library
from incidex.web.taxii_ask import Page, find_page, parse_ask, say_dates
from incidex.web.taxii_keeping import Shelves

_LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/taxii+json;version=2.1"
_STIX = "application/stix+json;version=2.1"

#: The name of the one API root, as its address has it.
ROOT = "incidents"

#: The id of each tier's collection; its alias is the tier's name in lower case.
COLLECTIONS: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.CLEAR: "5be3aedd-68dd-4251-8c9c-65885890cdcb",
        Tier.GREEN: "f016af51-d773-4298-aaa5-73a156150baf",
        Tier.AMBER: "c396f603-b910-432d-9617-16557fb5cff2",
        Tier.RED: "cc6362cc-cd50-4675-a0bd-e4866417bdf5",
    }
)
_WORDS = {
    Tier.CLEAR: "What everybody may see.",
    Tier.GREEN: "What members may see, with all that everybody may see.",
    Tier.AMBER: "What the team may see, with all that members may see.",
    Tier.RED: "What named people may see: everything.",
}
#: When to come again while a collection is being put together.
_RETRY_SECONDS = "2"

_WRITING = [HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]


def make_taxii(library: Library) -> Router:
    """Return the addresses of the server, over the same library as the pages."""
    shelves = Shelves(library)
    return Router(
        path="/taxii2",
        route_handlers=_HANDLERS,
        dependencies={"shelves": Provide(lambda: shelves, sync_to_thread=False, use_cache=True)},
        exception_handlers={Exception: answer_error},
        before_request=_refuse_other_media,
    )


@get("/", sync_to_thread=False)
def discovery() -> Answer:
    """Say which API roots there are (section 4.1). Relative, so that any host name serves."""
    return _answer(
        {
            "title": "Incidex",
            "description": "Cyber incidents in which every value is a claim, as STIX 2.1.",
            "default": f"/taxii2/{ROOT}/",
            "api_roots": [f"/taxii2/{ROOT}/"],
        }
    )


@get(f"/{ROOT}/", sync_to_thread=False)
def api_root() -> Answer:
    """Say what the API root is (section 4.2)."""
    return _answer(
        {
            "title": "Incidents",
            "description": "One collection a tier of the Traffic Light Protocol.",
            "versions": [MEDIA_TYPE],
            "max_content_length": MOST_FORM_BYTES,
        }
    )


@get(f"/{ROOT}/collections/", sync_to_thread=False)
def collections(visit: NamedDependency[Visit], shelves: NamedDependency[Shelves]) -> Answer:
    """List the collections that the visitor may read (section 5.1)."""
    shelves.begin(visit.tier)  # whoever looks at the list asks for one of them next
    return _answer({"collections": [_describe(tier) for tier in Tier if tier <= visit.tier]})


@get(f"/{ROOT}/collections/{{name:str}}/", sync_to_thread=False)
def collection(visit: NamedDependency[Visit], name: FromPath[str]) -> Answer:
    """Describe a collection (section 5.2)."""
    return _answer(_describe(_find_tier(visit, name)))


@get(f"/{ROOT}/collections/{{name:str}}/manifest/", sync_to_thread=True)
def manifest(
    request: AnyRequest, visit: NamedDependency[Visit], shelves: NamedDependency[Shelves], name: FromPath[str]
) -> Answer:
    """List the objects of a collection without their words (section 5.3)."""
    page = _find(request, shelves, _find_tier(visit, name))
    told = [
        {"id": each.id, "date_added": each.place.added, "version": each.version, "media_type": _STIX}
        for each in page.entries
    ]
    return _answer(
        {**_say_more(page), "objects": told} if told else _say_more(page), headers=say_dates(page.entries)
    )


@get(f"/{ROOT}/collections/{{name:str}}/objects/", sync_to_thread=True)
def objects(
    request: AnyRequest, visit: NamedDependency[Visit], shelves: NamedDependency[Shelves], name: FromPath[str]
) -> Answer:
    """Answer with the objects of a collection (section 5.4)."""
    tier = _find_tier(visit, name)
    return _send(shelves, tier, _find(request, shelves, tier))


@get(f"/{ROOT}/collections/{{name:str}}/objects/{{object_id:str}}/", sync_to_thread=True)
def one_object(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    shelves: NamedDependency[Shelves],
    name: FromPath[str],
    object_id: FromPath[str],
) -> Answer:
    """Answer with one object (section 5.6)."""
    tier = _find_tier(visit, name)
    return _send(shelves, tier, _find(request, shelves, tier, object_id))


@get(f"/{ROOT}/collections/{{name:str}}/objects/{{object_id:str}}/versions/", sync_to_thread=True)
def versions(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    shelves: NamedDependency[Shelves],
    name: FromPath[str],
    object_id: FromPath[str],
) -> Answer:
    """Answer with the versions of one object (section 5.8): the newest alone is kept."""
    page = _find(request, shelves, _find_tier(visit, name), object_id)
    told = [each.version for each in page.entries]
    return _answer({"more": False, **({"versions": told} if told else {})}, headers=say_dates(page.entries))


def refuse_writing(visit: NamedDependency[Visit], name: FromPath[str]) -> Answer:
    """Refuse to add to a collection or delete from it: what is here follows from the log."""
    _find_tier(visit, name)
    raise Refused(status_code=403, detail="This collection can be read and not written to.")


def refuse_method() -> Answer:
    """Refuse a method that an address does not answer."""
    raise Refused(status_code=405, detail="This address answers GET alone.", headers={"Allow": "GET"})


def find_nothing() -> Answer:
    """Say of any other address that nothing is there."""
    raise HTTPException(status_code=404)


def answer_error(request: AnyRequest, error: Exception) -> Answer:
    """Say what is wrong as TAXII has it (section 3.6.1)."""
    status, said = explain(error)
    if status >= 500 and not isinstance(error, Refused):
        _LOG.error("an answer to %s failed", request.scope["path"], exc_info=error)
    more = getattr(error, "headers", None) or {}
    body = {"title": _TITLES.get(status, "Error"), "description": said, "http_status": str(status)}
    return _answer(body, status, headers={**HEADERS, **more})


_TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Not allowed",
    406: "Not acceptable",
    503: "Come again",
}


def _refuse_other_media(request: AnyRequest) -> None:
    """Refuse whoever cannot read what is sent here (section 3.5)."""
    wanted = request.headers.get("accept", "") or "*/*"
    if not any(_is_ours(each) for each in wanted.lower().split(",")):
        raise Refused(status_code=406, detail=f"Answers here are {MEDIA_TYPE}; ask for that.")


def _is_ours(wanted: str) -> bool:
    kind, *parameters = (part.strip().replace(" ", "") for part in wanted.split(";"))
    asked = [each.partition("=")[2].strip('"') for each in parameters if each.startswith("version=")]
    return kind in {"*/*", "application/*"} or (kind == "application/taxii+json" and asked in ([], ["2.1"]))


def _find_tier(visit: Visit, name: str) -> Tier:
    """Return the tier of a collection that the visitor may read; what it may not read is not there."""
    for tier in Tier:
        if tier <= visit.tier and name in {COLLECTIONS[tier], tier.name.lower()}:
            return tier
    raise HTTPException(status_code=404)


def _describe(tier: Tier) -> dict[str, Any]:
    return {
        "id": COLLECTIONS[tier],
        "title": f"TLP:{tier.name}",
        "description": _WORDS[tier],
        "alias": tier.name.lower(),
        "can_read": True,
        "can_write": False,
        "media_types": [_STIX],
    }


def _find(request: AnyRequest, shelves: Shelves, tier: Tier, object_id: str = "") -> Page:
    """Return the part of a collection that was asked for."""
    ask = parse_ask(request.query_params)
    try:
        shelf = shelves.get(tier)
    except BusyError as busy:
        raise Refused(
            status_code=503, detail=f"{str(busy).capitalize()}.", headers={"Retry-After": _RETRY_SECONDS}
        ) from busy
    with shelf.lock:
        if object_id:
            if shelf.find(object_id) is None:
                raise HTTPException(status_code=404)
            ask = replace(ask, ids=(object_id,), types=())
        return find_page(shelf, ask)


def _say_more(page: Page) -> dict[str, Any]:
    return {"more": True, "next": page.following} if page.following else {"more": False}


def _send(shelves: Shelves, tier: Tier, page: Page) -> Answer:
    """Answer with an envelope (section 3.7), put together from objects that are JSON already."""
    if not page.entries:
        return _answer(_say_more(page))
    head = msgspec.json.encode(_say_more(page))[:-1]
    body = b"".join((head, b',"objects":[', b",".join(shelves.read(tier, page.entries)), b"]}"))
    return Response(body, media_type=MEDIA_TYPE, headers=say_dates(page.entries))


def _answer(
    body: Mapping[str, Any], status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Answer:
    return Response(
        msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def _refusing(path: str, *, writes: bool = False) -> HTTPRouteHandler:
    handler = HTTPRouteHandler(path, http_method=_WRITING, sync_to_thread=False, status_code=200)
    return handler(refuse_writing if writes else refuse_method)


_COLLECTION = f"/{ROOT}/collections/{{name:str}}"
_HANDLERS = (
    discovery,
    api_root,
    collections,
    collection,
    manifest,
    objects,
    one_object,
    versions,
    _refusing(f"{_COLLECTION}/objects/", writes=True),
    _refusing(f"{_COLLECTION}/objects/{{object_id:str}}/", writes=True),
    *(
        _refusing(path)
        for path in ("/", f"/{ROOT}/", f"/{ROOT}/collections/", f"{_COLLECTION}/", f"{_COLLECTION}/manifest/")
    ),
    *(
        HTTPRouteHandler(
            f"{path}/{{rest:path}}",
            http_method=[HttpMethod.GET, *_WRITING],
            sync_to_thread=False,
            status_code=200,
        )(find_nothing)
        for path in ("", f"/{ROOT}", f"/{ROOT}/status", _COLLECTION)
    ),
)
