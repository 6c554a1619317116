"""The API described: OpenAPI 3.1, made from the addresses that the site has and the types that they answer.

An address under /api/v1/ that no table here knows is described all the same, by its docstring, its path and
the type of its answer; a table adds what is asked of it.
"""

import re
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler

from incidex import __version__
from incidex.codebook import fields
from incidex.model import Role, Tier
from incidex.search import Order
from incidex.web.pages import LIMIT, MOST

PREFIX = "/api/v1/"

Json = dict[str, Any]

#: The parts of a record that can be asked for beside the codebook's fields.
PARTS = (
    "version",
    "tier",
    "opened_at",
    "changed_at",
    "values",
    "denied",
    "withheld",
    "reports",
    "ties",
    "circular",
    "removed",
)

_TEXT: Json = {"type": "string"}
_TIME: Json = {
    "type": "string",
    "pattern": r"^(\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?$",
}

_LIMIT = ("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "How many at most.")
_CURSOR = ("cursor", _TEXT, "Where to go on: `next` of the page before, of the same list and filters.")
_FIELDS = (
    "fields",
    {"type": "array", "items": {"enum": ["id", *PARTS, *fields()]}},
    "Parts of the record and fields of the codebook, with commas between.",
)
_AS_OF = ("as_of", _TIME, "As it stood at that time, or when that day began (UTC).")

#: What can be asked of each address: name, schema, what it does.
QUERY: Mapping[str, tuple[tuple[str, Json, str], ...]] = {
    "/api/v1/incidents": (_LIMIT, _CURSOR, _FIELDS),
    "/api/v1/incidents/{name}": (_FIELDS, _AS_OF),
    "/api/v1/incidents/{name}/history": (_AS_OF,),
    "/api/v1/reports": (_LIMIT, _CURSOR),
    "/api/v1/search": (
        ("q", {"type": "string", "maxLength": 2000}, "The query, as on the search page; with nothing, all."),
        ("sort", {"enum": [*map(str, Order), ""], "default": str(Order.RELEVANCE)}, "The order."),
        _LIMIT,
        ("after", _TEXT, "Where to go on: `cursor` of the page before, of the same query and order."),
        ("similar", _TEXT, "The id of an incident: those most like it, among those that the query finds."),
        ("as_of", _TIME, "What could be found at that time."),
    ),
    "/api/v1/claims": (
        _LIMIT,
        _CURSOR,
        ("incident", _TEXT, "Only those of the incident with this id."),
        ("field", {"enum": [*fields()]}, "Only those on this field of the codebook."),
    ),
}


#: What can be said of what is sent to an address, beside its bytes.
TELLS: Mapping[str, tuple[tuple[str, Json, str], ...]] = {
    "/api/v1/reports": (
        ("source", {"type": "string", "minLength": 1, "maxLength": 200}, "Who published it."),
        ("role", {"enum": [*map(str, Role)]}, "What the publisher is to the incident."),
        ("published", {"type": "string", "maxLength": 40}, "When, in EDTF: 2017-04."),
        ("title", {"type": "string", "maxLength": 300}, "Its title."),
        ("url", {"type": "string", "pattern": "^https?://", "maxLength": 2000}, "Where it can be read."),
        (
            "source_url",
            {"type": "string", "pattern": "^https?://", "maxLength": 2000},
            "The publisher.",
        ),
        ("reliability", {"enum": [*"ABCDEF"]}, "The publisher’s reliability on the Admiralty scale."),
        ("register", {"type": "string", "maxLength": 80}, "What kind of text it is: “company statement”."),
        ("tier", {"enum": [tier.name.lower() for tier in Tier]}, "Who may see it; CLEAR unless said."),
        ("name", {"type": "string", "maxLength": 200}, "What its file is called."),
    )
}

#: What is the same for all addresses that take something: bytes, and a token.
_WRITES: Json = {
    "requestBody": {
        "required": True,
        "description": "The report, byte for byte: HTML, PDF, text, Markdown or e-mail.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    "security": [{"token": []}],
}


class Error(msgspec.Struct):
    """What went wrong, in one sentence."""

    status: int
    message: str


class Problem(msgspec.Struct):
    """The one shape of all errors."""

    error: Error


class Speaker(msgspec.Struct):
    """Who says it in the world."""

    name: str
    role: str


class RecordClaim(typing.TypedDict, total=False):
    """A claim in a record."""

    id: typing.Required[str]
    speaker: typing.Required[Speaker]
    stance: typing.Required[str]
    report: typing.Required[str]
    coder: str
    confidence: float
    tier: str
    why: str
    no_evidence: str | None
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


class RecordValue(typing.TypedDict):
    """A value of a field, with all who have a word in it."""

    value: str
    status: str
    reasons: list[str]
    confidence: float
    reviewed: str | None
    claims: list[RecordClaim]


class Record(typing.TypedDict, total=False):
    """An incident: everything that the asking tier may see; with `fields`, the asked part of it."""

    id: typing.Required[str]
    version: int
    tier: str
    opened_at: str
    changed_at: str
    values: dict[str, list[RecordValue]]
    denied: dict[str, list[RecordValue]]
    withheld: dict[str, int | None]
    reports: list[dict[str, Any]]
    ties: list[dict[str, Any]]
    circular: list[str]
    removed: dict[str, dict[str, Any]]


class Records(typing.TypedDict):
    """A page of incidents."""

    items: list[Record]
    next: str | None


class Step(msgspec.Struct):
    """Who did what to a record, when and why."""

    at: str
    who: str
    what: str
    why: str


class History(msgspec.Struct):
    """The steps of a record, oldest first."""

    id: str
    history: list[Step]


class Match(msgspec.Struct):
    """Words of a record that a query found, with the ranges of those that it asked for."""

    part: str
    text: str
    marks: list[list[int]]


class Shared(msgspec.Struct):
    """What two incidents have in common, and how much it counts."""

    field: str
    value: str
    label: str
    points: int


class SearchHit(typing.TypedDict, total=False):
    """A record that was found; `points` and `shared` where it is like another."""

    id: typing.Required[str]
    link: typing.Required[str]
    title: typing.Required[str]
    date: typing.Required[str | None]
    victims: list[str]
    reports: int
    statuses: dict[str, int]
    changed_at: str
    matches: list[Match]
    points: int
    shared: list[Shared]


class SearchAnswer(typing.TypedDict, total=False):
    """What was found; with `similar`, the incidents most like that one."""

    query: typing.Required[str]
    meant: str | None
    similar: str
    as_of: typing.Required[str | None]
    count: typing.Required[int]
    hits: typing.Required[list[SearchHit]]
    facets: dict[str, list[dict[str, Any]]]
    cursor: str | None
    sort: str
    next: typing.Required[str | None]


#: What is answered where the handler's own type does not say it.
ANSWERS: Mapping[str, type] = {
    "/api/v1/incidents": Records,
    "/api/v1/incidents/{name}": Record,
    "/api/v1/incidents/{name}/history": History,
    "/api/v1/search": SearchAnswer,
}

_PROBLEM = {
    "description": "What is wrong, in a sentence.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe(app: Litestar) -> Json:
    """Return the description of an application's API."""
    return _describe(app)


@cache
def _describe(app: Litestar) -> Json:
    found = sorted(_operations(app), key=lambda each: (each[0], each[1]))
    types = {
        (path, verb): kind for path, verb, handler in found if (kind := _find_type(path, handler)) is not None
    }
    unique = list(dict.fromkeys([Problem, *types.values()]))
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    of = dict(zip(unique, schemas, strict=True))
    paths: dict[str, Json] = {}
    for path, verb, handler in found:
        kind = types.get((path, verb))
        paths.setdefault(path, {})[verb] = _operation(path, verb, handler, of[kind] if kind else {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Incidex",
            "version": __version__,
            "summary": "Cyber incidents in which every value is a claim that anyone can check.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        path = re.sub(
            r"\{(\w+):\w+\}", r"{\1}", route.path_format if hasattr(route, "path_format") else route.path
        )
        if not path.startswith(PREFIX):
            continue
        for handler in getattr(route, "route_handlers", ()):
            for verb in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                yield path, verb.lower(), handler


def _find_type(path: str, handler: HTTPRouteHandler) -> Any:  # noqa: ANN401  # any type that msgspec knows
    """Return what an address answers: by the table, else by the handler's own `Response[Type]`."""
    if path in ANSWERS:
        return ANSWERS[path]
    told = typing.get_type_hints(_function(handler)).get("return")
    for each in (told, *typing.get_args(told)):
        (inner, *_) = typing.get_args(each) or (None,)
        if typing.get_origin(each) is Response and inner not in (None, bytes):
            return inner
    return None


def _function(handler: HTTPRouteHandler) -> Callable[..., Any]:
    """Return the function itself, where it is wrapped to run in a thread."""
    found: Callable[..., Any] = getattr(handler.fn, "func", handler.fn)
    return found


def _operation(path: str, verb: str, handler: HTTPRouteHandler, schema: Json) -> Json:
    said = (_function(handler).__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    in_query = [
        {
            "name": name,
            "in": "query",
            "schema": kind,
            "description": what,
            "explode": False,
            "required": name == "source",
        }
        for name, kind, what in (QUERY if verb == "get" else TELLS).get(path, ())
    ]
    answered = {"description": said, "content": {"application/json": {"schema": schema}}}
    return {
        "operationId": f"{verb}_{_function(handler).__name__}",
        "summary": said,
        "parameters": [*in_path, *in_query],
        **(_WRITES if verb != "get" else {}),
        "responses": {
            "200": answered,
            **({"201": answered} if verb != "get" else {}),
            "default": _PROBLEM,
        },
    }
