"""Reports that programs hand in: their bytes and where they come from, handled as `incidex add` does.

Only a token lets a program hand something in. A browser sends cookies along with what any page makes it
send, and never a token.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Never

from anyio import to_thread
from litestar import Response, post
from litestar.di import NamedDependency

from incidex.exchange import to_record
from incidex.model import Right, Role, Tier
from incidex.text import LIMITS
from incidex.web.answers import AnyRequest, Refused, Site, Visit
from incidex.web.api import ReportDetails, make_report
from incidex.web.base import Handed, HandIn, Taken
from incidex.web.moves import person
from incidex.web.openapi import TELLS, Record
from incidex.web.rates import Rates
from incidex.web.twins import answer_twin
from incidex.web.words import is_web_address

#: What can be said of a report beside its bytes, and how long it may be.
_LONGEST: Mapping[str, int] = {name: kind.get("maxLength", 40) for name, kind, _ in TELLS["/api/v1/reports"]}

#: Reports that one member may hand in at once, and how many more each second.
BURST, A_SECOND = 300.0, 5.0

#: Reports that one process reads and holds at once; each may be 20 MB.
MOST_AT_ONCE = 4

_PROGRAMS = "Reports are handed in with a program’s token of scope “write”; make one under Account."
_FORM = "Send the report itself as the body, as `curl --data-binary @FILE` does, and not a form."

#: What tools say a body is when they were not told, or when it is a form.
_UNTOLD, _FORMS = "application/x-www-form-urlencoded", "multipart/"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What became of a report that was handed in: its records, as whoever handed it in may see them."""

    report: ReportDetails
    known: bool  # it was here before, and nothing was added
    incidents: Sequence[Record]
    notes: Sequence[str]


class Intake:
    """Takes reports in, a few at once, and each member's at a pace."""

    def __init__(self, hand_in: HandIn | None, rates: Rates | None = None) -> None:
        self._hand_in = hand_in
        self._rates = rates or Rates(pace=(BURST, A_SECOND))
        self._at_once = 0

    async def take(self, request: AnyRequest, handed: Handed, member: str) -> Taken:
        """Read the body of a request, and hand it in; refuse what is too much at once."""
        if self._hand_in is None:
            raise Refused(status_code=404, detail="This site takes no reports in.")
        if seconds := self._rates.wait_for(member):
            _refuse(429, f"You have handed in too much at once; go on in {seconds} s.", seconds)
        if self._at_once >= MOST_AT_ONCE:
            _refuse(503, "Other reports are being read; hand this one in again in a moment.", 2)
        self._at_once += 1
        try:
            whole = replace(handed, data=await request.body())
            return await to_thread.run_sync(self._hand_in, whole)
        finally:
            self._at_once -= 1


@post("/api/v1/reports", status_code=201, request_max_body_size=LIMITS.max_bytes)
async def hand_in_report(
    request: AnyRequest,
    site: NamedDependency[Site],
    intake: NamedDependency[Intake],
    visit: NamedDependency[Visit],
) -> Response[HandedIn]:
    """Take in a report, read and code it, and answer with the records that it became part of."""
    member = _require_program(visit)
    handed = _read_tells(request, visit)
    taken = await intake.take(request, handed, member)
    return await to_thread.run_sync(_tell, site, visit, taken)


HANDLERS = (hand_in_report,)


def _require_program(visit: Visit) -> str:
    """Return the number of the member whose program asks; refuse people, and programs without the right."""
    if visit.entered is None:
        raise Refused(status_code=401, detail=_PROGRAMS)
    if not visit.entered.scope or not visit.may(Right.ADD):
        raise Refused(status_code=403, detail=_PROGRAMS)
    return visit.entered.member.id


def _read_tells(request: AnyRequest, visit: Visit) -> Handed:
    """Return what a request says of a report, without its bytes, which are not read before this is sound."""
    told = dict(request.query_params)
    for wrong in _faults(told):
        raise Refused(status_code=400, detail=wrong)
    tier = told.get("tier", "clear").upper()
    if tier in Tier.__members__ and Tier[tier] > visit.tier:
        raise Refused(status_code=403, detail=f"You do not see what is {tier}, and so cannot hand it in.")
    media_type = request.headers.get("content-type", "")
    if media_type.lower().startswith(_FORMS):
        raise Refused(status_code=415, detail=_FORM)
    return Handed(
        data=b"",
        name=told.pop("name", ""),
        media_type="" if media_type.lower().startswith(_UNTOLD) else media_type,
        tells=told,
        by=person(visit.name),
    )


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with what is said of a report, a sentence each."""
    for name, text in told.items():
        if name not in _LONGEST:
            yield f"{name[:40]!r} is nothing that can be said of a report; there are {', '.join(_LONGEST)}."
        elif len(text) > _LONGEST[name] or not text.isprintable():
            yield f"{name} is a text of at most {_LONGEST[name]} characters on one line."
        elif name.endswith("url") and text and not is_web_address(text):
            yield f"{name} is an address that begins with https:// or http://, not {text[:60]!r}."
    if not told.get("source", "").strip():
        yield "Say who published the report, as ?source=NAME."
    if (role := told.get("role", "")) and role not in set(Role):
        yield f"{role!r} is no role; there are {', '.join(Role)}."


def _tell(site: Site, visit: Visit, taken: Taken) -> Response[HandedIn]:
    """Say what became of a report, as its tier sees it."""
    found = site.library.find_report(taken.report, visit.tier)
    if found is None:
        raise Refused(status_code=409, detail="These very bytes are held already, and not for you to see.")
    named = _find_known(site, visit, taken.report) if taken.is_known else taken.incidents
    incidents = (site.library.find_incident(each, visit.tier) for each in named)
    records = [to_record(each) for each in incidents if each is not None]
    answer = answer_twin(
        HandedIn(
            report=make_report(found[0]),
            known=taken.is_known,
            incidents=records,  # type: ignore[arg-type]  # `Record` says what these dictionaries hold
            notes=taken.notes,
        )
    )
    answer.status_code = 200 if taken.is_known else 201
    answer.headers["Location"] = f"/api/v1/reports/{taken.report}"
    return answer


def _find_known(site: Site, visit: Visit, report: str) -> list[str]:
    """Return the incidents that rest on a report, as far as the visitor sees them."""
    return [
        each.id for each in site.view(visit.tier).incidents if any(one.id == report for one in each.reports)
    ]


def _refuse(status: int, said: str, seconds: int) -> Never:
    raise Refused(status_code=status, detail=said, headers={"Retry-After": str(seconds)})
