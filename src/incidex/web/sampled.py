"""Blind double coding: the pages on which one of two people answers for a report, and what came of it."""

from collections.abc import Iterator
from dataclasses import asdict

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidex.codebook import GROUPS, check_value, fields, get_field
from incidex.evaluate.sampling import Pair, Sample
from incidex.model import Answer, Claim, IncidexError, InputError, Report, Stance, Standing, State
from incidex.web.agreement import PROSE, machine_claims, measure
from incidex.web.answers import (
    Answer as Page,
)
from incidex.web.answers import (
    AnyRequest,
    Refused,
    Site,
    Visit,
    explain,
    make_json,
    make_page,
    prefers_json,
    require_reviewer,
    require_token,
    send_to,
)
from incidex.web.desk import Desk
from incidex.web.forms import Form
from incidex.web.moves import person
from incidex.web.words import say_label, say_value
from incidex.web.workbench import link_bench, mark

#: Rows in which a person adds what the machine did not read.
MOST_ADDED = 6

MOST_ANSWER_BYTES = 500_000


@get("/agreement", sync_to_thread=True)
def agreement(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Page:
    """Answer with how far people agree with each other and with the machine, field by field."""
    if prefers_json(request):
        return make_json(_measure(site, visit))
    return make_page("agreement.html", visit, title="Agreement", found=_measure(site, visit))


@get("/api/v1/agreement", sync_to_thread=True)
def agreement_json(site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Page:
    """Answer with the same as JSON."""
    return make_json(_measure(site, visit))


@get("/samples/{name:str}", sync_to_thread=True)
def sample(site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]) -> Page:
    """Answer with what is left to one of the two, and with both sides of what both have answered."""
    desk = require_reviewer(site, visit)
    found = _find(desk, visit, name)
    me = person(visit.reviewer)
    titles = {pair: _say_title(site, visit, pair) for pair in found.drawn}
    return make_page(
        "sample.html",
        visit,
        title="Blind sample",
        id=found.id,
        closed=found.closed,
        left=[(titles[pair], _link(found, pair)) for pair in found.left_for(me)],
        given=sum(found.has_answered(me, pair) for pair in found.drawn),
        drawn=len(found.drawn),
        done=[_compare(found, pair, titles[pair]) for pair in found.done],
    )


@get("/samples/{name:str}/{incident:str}/{report:str}", sync_to_thread=True)
def sheet(
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    name: FromPath[str],
    incident: FromPath[str],
    report: FromPath[str],
) -> Page:
    """Answer with a report and what programs read in it, to be judged without anyone else's word on it."""
    desk = require_reviewer(site, visit)
    found = _find(desk, visit, name)
    return _show(site, desk, visit, found, (incident, report), {})


@post(
    "/samples/{name:str}/{incident:str}/{report:str}/answers",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=MOST_ANSWER_BYTES,
)
def answer(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    name: FromPath[str],
    incident: FromPath[str],
    report: FromPath[str],
) -> Page:
    """Take one person's answers for one report: once, and all of them."""
    desk = require_reviewer(site, visit)
    require_token(request, visit, form)
    found, pair = _find(desk, visit, name), (incident, report)
    filed, claims = _read(desk, visit, found, pair)
    try:
        answers = [*_judge(claims, form), *_add(filed, form)]
        desk.answer(found.id, pair, answers, by=person(visit.reviewer))
    except IncidexError as error:
        if prefers_json(request):
            raise
        return _show(site, desk, visit, found, pair, form, error)
    if prefers_json(request):
        return make_json({"sample": found.id, "answers": len(answers)})
    return send_to(f"/samples/{found.id}")


HANDLERS = (agreement, agreement_json, sample, sheet, answer)


def _measure(site: Site, visit: Visit) -> dict[str, object]:
    if site.desk is None:
        raise Refused(status_code=404, detail="Nobody reviews on this site.")
    return asdict(measure(site.desk.samples(), site.desk.history, visit.tier))


def _find(desk: Desk, visit: Visit, name: str) -> Sample:
    found = desk.find_sample(name)
    if found is None or person(visit.reviewer) not in found.reviewers:
        raise Refused(status_code=404, detail="There is no sample of that name for you.")
    return found


def _read(desk: Desk, visit: Visit, found: Sample, pair: Pair) -> tuple[Report, tuple[Claim, ...]]:
    if pair not in found.drawn:
        raise Refused(status_code=404, detail="This report was not drawn for the sample.")
    filed, claims = machine_claims(desk.history(pair[0]), found, pair[1], visit.tier)
    if filed is None:
        raise Refused(status_code=404, detail="This report is not for you to see; leave it out.")
    return filed, claims


def _judge(claims: tuple[Claim, ...], form: Form) -> Iterator[Answer]:
    """Yield the claims that the person says the report makes; every one of them has to be judged."""
    judged = {claim.id: form.get(f"c-{claim.id}", "") for claim in claims}
    missing = sum(said not in {"yes", "no"} for said in judged.values())
    if missing:
        raise InputError(f"say of every claim whether the report makes it; {missing} are left")
    for claim in claims:
        if judged[claim.id] == "yes":
            span = claim.evidence.span if claim.evidence else None
            yield Answer(claim.field, claim.value, claim.stance, claim.tier, span)


def _add(filed: Report, form: Form) -> Iterator[Answer]:
    for row in range(MOST_ADDED):
        name, value = form.get(f"field-{row}", ""), form.get(f"value-{row}", "").strip()
        if not name and not value:
            continue
        field = get_field(name)
        claim_value = check_value(field.name, value)
        yield Answer(field.name, claim_value, Stance.ASSERTS, max(field.tier, filed.tier))


def _show(
    site: Site,
    desk: Desk,
    visit: Visit,
    found: Sample,
    pair: Pair,
    form: Form,
    error: IncidexError | None = None,
) -> Page:
    filed, claims = _read(desk, visit, found, pair)
    if pair not in found.left_for(person(visit.reviewer)):
        raise Refused(status_code=409, detail="You have answered for this report, or the sample is closed.")
    held = site.library.find_report(filed.id, visit.tier)
    if held is None:
        raise Refused(status_code=404, detail="The words of this report are not here.")
    standings = [Standing(claim=claim, state=State.NEW, counts=True) for claim in claims]
    status, said = explain(error) if error else (200, "")
    return make_page(
        "sample_sheet.html",
        visit,
        status,
        title="Blind sample",
        id=found.id,
        link=_link(found, pair),
        heading=filed.title or filed.source.name,
        publisher=filed.source.name,
        blocks=list(mark(held[1], standings)),
        claims=[_say(claim, form) for claim in claims],
        groups=[
            (group, [each for each in fields().values() if each.group == group and each.name not in PROSE])
            for group in GROUPS
        ],
        added=[
            (row, form.get(f"field-{row}", ""), form.get(f"value-{row}", "")) for row in range(MOST_ADDED)
        ],
        said=said,
    )


def _say(claim: Claim, form: Form) -> dict[str, str]:
    return {
        "id": claim.id,
        "label": say_label(claim.field),
        "said": say_value(claim.field, claim.value),
        "speaker": claim.speaker.name,
        "stance": str(claim.stance),
        "quote": claim.evidence.quote[:300] if claim.evidence else "",
        "judged": form.get(f"c-{claim.id}", ""),
    }


def _compare(found: Sample, pair: Pair, title: str) -> dict[str, object]:
    sides = [
        sorted(
            f"{say_label(each.field)}: {say_value(each.field, each.value)}"
            + ("" if each.stance is Stance.ASSERTS else f" ({each.stance})")
            for each in found.answers(who, pair)
        )
        for who in found.reviewers
    ]
    return {
        "title": title,
        "link": link_bench(*pair),
        "both": [each for each in dict.fromkeys(sides[0]) if each in sides[1]],
        "sides": [
            (who.removeprefix("person:"), [each for each in dict.fromkeys(mine) if each not in theirs])
            for who, mine, theirs in zip(found.reviewers, sides, sides[::-1], strict=True)
        ],
    }


def _say_title(site: Site, visit: Visit, pair: Pair) -> str:
    held = site.library.find_report(pair[1], visit.tier)
    return (held[0].title or held[0].source.name) if held else "a report that is not shown here"


def _link(found: Sample, pair: Pair) -> str:
    return f"/samples/{found.id}/{pair[0]}/{pair[1]}"
