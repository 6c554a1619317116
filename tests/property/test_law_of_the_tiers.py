"""Law 8, byte by byte: what a tier may not see moves nothing that it can get from the site.

Two sites differ in hidden claims, reports, whole incidents, judgements, moves and the work on them. Whatever
is asked of one is asked of the other: every address of the route table, every link found on the way, at
every tier. Status, headers (but for the date) and bytes must be the same.

Counts of withheld values are the one exception that the codebook's policy allows. So one pair hides nothing
against much, but not on fields that are counted; the other hides as many values of these, and other ones.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import Change, Claimed, MemberRole, Received, Tier
from incidex.search import Search
from incidex.store import Accounts
from incidex.web import Desk, make_app
from incidex.web.taxii import COLLECTIONS
from tests.members import OURS, make_accounts
from tests.twins import make_story, open_log

Site = TestClient[Litestar]

HIDDEN = ("quokka", "narwhal")
WHO = {Tier.CLEAR: "", Tier.GREEN: "reader", Tier.AMBER: "reviewer"}
NOW = 4_000_000_000  # the sessions' clock stands still

QUERIES = (
    "", "Acme", "quokka", "narwhal", "Holding", "victim.country:DE", "victim.country:FR", "status:disputed",
    "date:2025..2026", "passwords -Bolt", '"lost passwords"', "malware:quokka", "acme holdnig", "(",
)  # fmt: skip

#: What assistants ask: a tool with its arguments.
CALLS = (
    *(("search", {"query": each}) for each in QUERIES),
    *(("get_incident", {"incident": each}) for each in ("inc-acme", "inc-crane", "inc-secret-first")),
    *(("get_evidence", {"incident": "inc-acme", "field": each}) for each in ("data.class", "malware")),
    ("list_codebook", {}),
    ("nothing", {}),
)


def names(changes: list[Change]) -> dict[str, list[str]]:
    """Return every id that a history knows, hidden ones too: all of them are asked for."""
    reports = [each.body.report for each in changes if isinstance(each.body, Received)]
    claims = [claim for each in changes if isinstance(each.body, Claimed) for claim in each.body.claims]
    return {
        "incident": sorted({each.record for each in changes if each.record.startswith("inc-")}),
        "report": sorted({each.id for each in reports}),
        "claim": sorted({each.id for each in claims}),
        "source": sorted({each.source.name for each in reports}),
    }


def slug(text: str) -> str:
    return quote(re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-"))


def examples(known: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return, for each address of the site, what is asked of it; all links on the answers are asked as well.

    An address that is not here fails the test: whoever adds one says here what can be asked of it.
    """
    incidents, reports = known["incident"], known["report"]
    moments = ("2026-03-01T10:30:00Z", "2026-03-01T12:10:00Z", "2026-03-02T00:00:00Z", "1", "40")
    pairs = [(one, report) for one in incidents[:3] for report in reports]
    searches = [quote(each) for each in QUERIES]
    return {
        "/": ["/"],
        "/incidents": ["/incidents", "/incidents?first=1", "/incidents?first=9"],
        "/incidents/{name:str}": [
            *(f"/incidents/{one}" for one in incidents),
            *(f"/incidents/{one}?as_of={at}" for one in incidents[:4] for at in moments),
            *(f"/incidents/{one}?since={at}" for one in incidents[:4] for at in moments[:3]),
        ],
        "/reports/{name:str}": [
            *(f"/reports/{one}" for one in reports),
            *(f"/reports/{one}?incident={of}" for of, one in pairs),
            *(f"/reports/{reports[0]}?incident=inc-acme&claim={claim}" for claim in known["claim"]),
        ],
        "/search": [
            *(f"/search?q={each}" for each in searches),
            *(f"/search?q={each}&sort=new&limit=1" for each in searches),
            *(f"/search?q={each}&as_of={at}" for each in searches[:6] for at in moments),
            *(f"/search?similar={one}" for one in incidents),
            *(f"/search?similar={one}&q=Bolt&as_of={at}" for one in incidents[:4] for at in moments),
            "/search?q=Acme&as_of=now",
        ],
        "/api/v1/search": [
            *(f"/api/v1/search?q={each}" for each in searches),
            *(f"/api/v1/search?q={each}&as_of={at}" for each in searches[:2] for at in moments),
            *(f"/api/v1/search?similar={one}&as_of={moments[1]}" for one in incidents),
        ],
        "/feeds/{name:str}": [
            f"/feeds/search.{kind}?q={each}" for kind in ("atom", "json", "none") for each in searches
        ],
        "/api/v1/incidents": [
            "/api/v1/incidents", "/api/v1/incidents?limit=1", "/api/v1/incidents?fields=id,withheld",
        ],
        "/api/v1/incidents/{name:str}": [f"/api/v1/incidents/{one}" for one in incidents],
        "/api/v1/incidents/{name:str}/history": [f"/api/v1/incidents/{one}/history" for one in incidents],
        "/api/v1/reports": ["/api/v1/reports", "/api/v1/reports?limit=1"],
        "/api/v1/reports/{name:str}": [f"/api/v1/reports/{one}" for one in reports],
        "/api/v1/claims": [
            "/api/v1/claims", "/api/v1/claims?limit=2", "/api/v1/claims?field=actor.name",
            *(f"/api/v1/claims?incident={one}" for one in incidents),
        ],
        "/api/v1/openapi.json": ["/api/v1/openapi.json"],
        "/api": ["/api"],
        **_browsing(known),
        **_taxii(),
        "/mcp": ["/mcp"],
        "/about": ["/about"],
        "/accuracy": ["/accuracy"],
        "/api/v1/accuracy": ["/api/v1/accuracy"],
        "/incidents/{name:str}/values/{field:str}": [
            f"/incidents/{one}/values/{field}"
            for one in incidents[:5]
            for field in ("victim.name", "data.class", "malware", "actor.name", "nothing")
        ],
        "/incidents/{name:str}/cite": [f"/incidents/{one}/cite" for one in incidents],
        "/incidents/{name:str}/cite/{kind:str}": [f"/incidents/{one}/cite/bibtex" for one in incidents],
        "/robots.txt": ["/robots.txt"],
        "/sitemap.xml": ["/sitemap.xml"],
        "/sitemaps/{name:str}": ["/sitemaps/1.xml", "/sitemaps/2.xml"],
        "/techniques": ["/techniques", "/techniques?q=Acme"],
        "/api/v1/techniques": ["/api/v1/techniques"],
        "/api/v1/techniques-layer": ["/api/v1/techniques-layer"],
        "/stats": ["/stats"],
        "/api/v1/stats": ["/api/v1/stats"],
        "/charts/{name:str}": ["/charts/nothing.svg"],
        "/codebook": ["/codebook"],
        "/codebook/{name:str}": ["/codebook/actor.name"],
        "/static/{name:str}": ["/static/incidex.css", "/static/nothing"],
        "/healthz": ["/healthz"],
        "/readyz": ["/readyz"],
        "/metrics": ["/metrics"],
        "/enter": ["/enter"],
        "/enter/passkey/options": [],
        "/enter/passkey": ["/enter/passkey"],
        "/leave": [],
        "/account": ["/account"],
        "/members": ["/members"],
        "/members/{name:str}": ["/members/nobody"],
        "/members/add": ["/members/add"],
        "/members/do": ["/members/do"],
        "/account/do": ["/account/do"],
        "/account/passkey/options": [],
        "/account/passkey": [],
        "/incidents/new": ["/incidents/new"],
        "/incidents/new/typed": ["/incidents/new/typed"],
        "/review": ["/review", "/review?by=impact", "/review?by=random&seed=3", "/review?first=2"],
        "/api/v1/review": ["/api/v1/review", "/api/v1/review?by=novelty"],
        "/review/{incident:str}": [f"/review/{one}" for one in incidents],
        "/review/{incident:str}/{report:str}": [f"/review/{one}/{report}" for one, report in pairs],
        "/api/v1/review/{incident:str}": [f"/api/v1/review/{one}?since=1" for one in incidents],
        "/api/v1/review/{incident:str}/{report:str}/suggest": [
            f"/api/v1/review/{one}/{report}/suggest?start=0&end=9" for one, report in pairs
        ],
        "/review/{incident:str}/moves": [f"/review/{one}/moves" for one in incidents[:2]],
        "/review/{incident:str}/{report:str}/moves": [
            f"/review/{one}/{report}/moves" for one, report in pairs[:2]
        ],
        "/agreement": ["/agreement"],
        "/api/v1/agreement": ["/api/v1/agreement"],
        "/samples/{name:str}": ["/samples/nothing"],
        "/samples/{name:str}/{incident:str}/{report:str}": ["/samples/nothing/inc-acme/x"],
        "/samples/{name:str}/{incident:str}/{report:str}/answers": ["/samples/nothing/inc-acme/x/answers"],
    }  # fmt: skip


def _browsing(known: Mapping[str, list[str]]) -> dict[str, list[str]]:
    asked = {
        "organisations": ["acme", *(slug(f"{each} Holding") for each in HIDDEN)],
        "actors": ["grey-fox", *(slug(f"{each} gang") for each in HIDDEN)],
        "techniques": ["T1566", "T1190", "T1059"],
        "sources": [slug(each) for each in known["source"]],
    }
    found: dict[str, list[str]] = {
        "/corrections": ["/corrections"],
        "/api/v1/corrections": ["/api/v1/corrections"],
    }
    for kind, ids in asked.items():
        found[f"/{kind}"] = [f"/{kind}"]
        for before in ("", "/api/v1"):
            found[f"{before}/{kind}/{{name:str}}"] = [f"{before}/{kind}/{each}" for each in ids]
    return {path: each for path, each in found.items() if path != "/techniques"}


def _taxii() -> dict[str, list[str]]:
    root = "/taxii2/incidents"
    held = [f"{root}/collections/{each}" for each in (*COLLECTIONS.values(), "clear")]
    one = f"{root}/collections/{{name:str}}"
    return {
        "/taxii2": ["/taxii2/"],
        root: [f"{root}/"],
        f"{root}/collections": [f"{root}/collections/"],
        one: [f"{each}/" for each in held],
        f"{one}/manifest": [f"{each}/manifest/" for each in held],
        f"{one}/objects": [
            f"{each}/objects/{asked}"
            for each in held
            for asked in (
                "",
                "?limit=1",
                "?limit=7",
                "?added_after=2026-03-01T10:30:00Z",
                "?match[version]=all",
            )
        ],
        f"{one}/objects/{{object_id:str}}": [f"{each}/objects/identity--x/" for each in held],
        f"{one}/objects/{{object_id:str}}/versions": [
            f"{each}/objects/identity--x/versions/" for each in held
        ],
        "/taxii2/{rest:path}": ["/taxii2/other"],
        f"{root}/{{rest:path}}": [f"{root}/other"],
        f"{root}/status/{{rest:path}}": [f"{root}/status/1"],
        f"{one}/{{rest:path}}": [f"{held[0]}/other"],
    }


@contextmanager
def pair(tmp_path: Path, *stories: list[Change]) -> Iterator[tuple[Accounts, list[Site]]]:
    """Yield two sites over two histories, with the same members and clock."""
    accounts = make_accounts({"reader": MemberRole.READER, "reviewer": MemberRole.REVIEWER})
    sites: list[Site] = []
    with ExitStack() as stack:
        for place, changes in enumerate(stories):
            folder = tmp_path / str(place)
            folder.mkdir()
            log = open_log(folder / "incidex.db", changes)
            stack.callback(log.close)
            library = StoreLibrary(log, Search(log, folder / "index"))
            app = make_app(library, accounts=accounts, desk=Desk(log), clock=lambda: NOW, head=log.head)
            sites.append(stack.enter_context(TestClient(app, raise_server_exceptions=False)))
        yield accounts, sites


def come_in(accounts: Accounts, sites: list[Site], role: str) -> None:
    """Open one session, and give its cookie to the browsers at both sites."""
    for site in sites:
        site.cookies.clear()
    if not role:
        return
    (member,) = (each for each in accounts.members() if each.role == role)
    accounts.open_session(sha256(role.encode()).digest(), member.id, NOW)
    for site in sites:
        site.cookies.set("incidex_session", role)


def asks(address: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield how an address is asked: verb, what is accepted, and what is sent."""
    if address.startswith("/taxii2"):
        yield "GET", "application/taxii+json;version=2.1", b""
    elif address == "/mcp":
        for tool, arguments in CALLS:
            params = {"name": tool, "arguments": arguments}
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            yield "POST", "application/json, text/event-stream", json.dumps(call).encode()
    else:
        yield "GET", "text/html", b""
        yield "GET", "application/json", b""
        if address.endswith(("/do", "/add", "/moves", "/answers", "/typed", "/passkey")):
            yield "POST", "text/html", b""


def ask(site: Site, verb: str, address: str, accept: str, body: bytes) -> dict[str, Any]:
    sent = {**OURS, "accept": accept, **({"content-type": "application/json"} if body[:1] == b"{" else {})}
    answer = site.request(verb, address, headers=sent, content=body, follow_redirects=False)
    headers = {name: held for name, held in answer.headers.items() if name != "date"}
    return {"status": answer.status_code, "headers": headers, "bytes": answer.content}


def links(address: str, answer: Mapping[str, Any]) -> set[str]:
    """Return the addresses of this site that an answer leads to."""
    text = answer["bytes"].decode("utf-8", "replace")
    found = re.findall(r'(?:href|src|action)="([^"]*)"', text)
    found += re.findall(r"<loc>([^<]*)</loc>", text)
    found += re.findall(r'"(?:link|url|next|href)":"(/[^"]*)"', text)
    found += [answer["headers"].get("location", "")]
    whole = (urlsplit(urljoin(f"http://testserver{address}", unescape(each))) for each in found if each)
    return {
        each.path + (f"?{each.query}" if each.query else "") for each in whole if each.netloc == "testserver"
    }


def compare(
    sites: list[Site], start: list[str], *, most: int, is_whole: bool
) -> tuple[Counter[int], list[str]]:
    """Ask both sites everything, follow every link of either; return the statuses, and what differed.

    Unless the `is_whole` site is asked, pages of techniques and fields that are only linked are left out:
    there are a thousand of them, all alike.
    """
    waiting, seen, statuses, differed = list(start), set(start), Counter[int](), list[str]()
    while waiting and len(seen) <= most:
        address = waiting.pop(0)
        for verb, accept, body in asks(address):
            one, other = (ask(site, verb, address, accept, body) for site in sites)
            statuses[one["status"]] += 1
            if one != other:
                differed.append(f"{verb} {address} ({accept}): {say(one, other)}")
            for each in sorted(links(address, one) | links(address, other)):
                if each not in seen and _follows(address, each, is_whole=is_whole):
                    seen.add(each)
                    waiting.append(each)
    assert not waiting, f"more than {most} addresses"
    return statuses, differed


def _follows(address: str, link: str, *, is_whole: bool) -> bool:
    """Say whether a link is asked. Searches lead to searches without end, narrower and narrower."""
    if link.startswith(("/techniques/", "/codebook/")) and not is_whole:
        return False
    return not (link.startswith("/leave") or ("/search" in address and "/search" in link))


def say(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say where two answers part."""
    for part in ("status", "headers"):
        if one[part] != other[part]:
            return f"{part}: {one[part]} and {other[part]}"[:600]
    left, right = one["bytes"], other["bytes"]
    at = next(
        (n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    return f"…{left[max(0, at - 60) : at + 100]!r} and …{right[max(0, at - 60) : at + 100]!r}"


def test_every_address_of_the_site_is_known_here(tmp_path: Path) -> None:
    with pair(tmp_path, []) as (_, (site,)):
        known = examples(names(make_story("quokka", Tier.RED)))
        paths = {route.path for route in site.app.routes}
    assert paths - set(known) == set(), "say in `examples` what can be asked of these addresses"
    assert set(known) - paths == set(), "these addresses are gone"


HIDDEN_FROM = (
    (Tier.CLEAR, Tier.RED),
    (Tier.CLEAR, Tier.GREEN),
    (Tier.GREEN, Tier.AMBER),
    (Tier.AMBER, Tier.RED),
)
PAIRS = [
    (seen, hidden, *two)
    for seen, hidden in HIDDEN_FROM
    for two in (("", False), ("quokka", True))
    if hidden is Tier.RED or not two[1]
]


def trial(
    folder: Path, seen: Tier, hidden: Tier, secret: str, *, is_counted: bool, is_whole: bool = False
) -> tuple[Counter[int], list[str]]:
    """Compare two sites at one tier; return the statuses of what was compared, and what differed."""
    one, other = (
        make_story(each, hidden, is_work_hidden=seen < Tier.AMBER, is_counted=is_counted)
        for each in (secret, "narwhal")
    )
    assert one != other
    with pair(folder, one, other) as (accounts, sites):
        come_in(accounts, sites, WHO[seen])
        known = examples(names(one + other))
        start = list(dict.fromkeys(each for held in known.values() for each in held))
        return compare(sites, start, most=6_000, is_whole=is_whole)


@pytest.mark.parametrize(("seen", "hidden", "secret", "is_counted"), PAIRS)
def test_nothing_that_a_tier_gets_depends_on_what_it_may_not_see(
    tmp_path: Path, seen: Tier, hidden: Tier, secret: str, is_counted: bool
) -> None:
    statuses, differed = trial(tmp_path, seen, hidden, secret, is_counted=is_counted)
    assert not differed, "\n".join(differed)
    assert statuses[200] > 100
    assert statuses[404] > 20
    assert statuses[500] == 0
