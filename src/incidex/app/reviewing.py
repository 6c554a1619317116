"""The commands of a review: what waits, what somebody decides, who may, and what is drawn for two to code."""

from datetime import UTC, datetime

import msgspec
from rich.table import Table
from rich.text import Text

from incidex.app.terminal import make_console, make_safe
from incidex.evaluate.ranking import Order, Ranked
from incidex.evaluate.sampling import Pair, draw
from incidex.model import (
    Change,
    Decision,
    InputError,
    Kind,
    Retracted,
    Review,
    Sampled,
    State,
    Tier,
    name_by_content,
)
from incidex.store import Log
from incidex.web import Desk
from incidex.web.desk import Move
from incidex.web.history import say_claim, tell
from incidex.web.moves import decide, decide_all, person, undo
from incidex.web.queue import Origin
from incidex.web.workbench import STATE_SIGNS

#: The start of a claim's id that is long enough to name it.
_SHORTEST_ID = 8


def print_queue(
    log: Log, by: str, *, seed: int, last: int, as_json: bool, origin: Origin | None = None
) -> None:
    """Print the claims that wait, the first to look at first, each with the reason of its rank."""
    order = _parse_order(by)
    desk = Desk(log)
    queue = desk.queue(Tier.RED)
    ranked = queue.ranked(order, seed=seed, origin=origin, without=desk.open_pairs())
    if as_json:
        for each in ranked[:last]:
            print(msgspec.json.encode(_plain(each)).decode())
        return
    if not ranked:
        print("Nothing waits for a reviewer.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("claim", "says", "in", "why now"):
        table.add_column(heading, header_style="italic", overflow="fold")
    for each in ranked[:last]:
        table.add_row(*(Text(make_safe(cell)) for cell in _row(each)))
    make_console().print(table)
    print(f"\n{min(last, len(ranked))} of {len(ranked):,} claims that wait, by {order}.")
    if (left := sum(queue.origins().values()) - len(ranked)) > 0:
        print(f"{left:,} more were imported, or are out for a sample; `--origin imported` or `any` has them.")
    print("Decide with `incidex review accept ID`, `reject ID --why …` or `second-look ID --why …`.")


def print_decision(log: Log, name: str, decision: Decision, why: str, *, by: str) -> None:
    """Decide on a claim, or on all that waits in a record, and print what was done."""
    desk = Desk(log)
    sheet, claim = _find(desk, name)
    if claim:
        _act(desk, sheet, by, lambda held: decide(held, [claim], decision, why))
    else:
        _act(desk, sheet, by, lambda held: decide_all(held, decision, why))


def print_undone(log: Log, name: str, *, by: str) -> None:
    """Take back a person's last step in a record, and print what that was."""
    desk = Desk(log)
    sheet, _ = _find(desk, name)
    _act(desk, sheet, by, lambda held: undo(held, person(by)))


def print_sample(log: Log, count: int, reviewers: list[str], *, seed: int, by: str) -> None:
    """Draw reports at random for two reviewers to code blind, and print where they find them.

    Reports on which a person has decided are left out: what was decided can be seen.
    """
    if len(reviewers) != 2:
        raise InputError("name two reviewers: --reviewer ana --reviewer bo")
    desk = Desk(log)
    drawn = draw(_pairs(desk), count, seed=seed)
    first, second = (person(each) for each in reviewers)
    body = Sampled(seed=seed, reviewers=(first, second), drawn=drawn, serial=log.last_serial())
    record = name_by_content("smp", str(seed), first, second, *(part for pair in drawn for part in pair))
    if log.versions([record])[record]:
        raise InputError(f"this very sample was drawn before, as {record}; take another seed")
    log.append([Change(record=record, version=1, body=body, by=person(by), at=datetime.now(UTC))])
    print(f"{record}: {count} reports, for {reviewers[0]} and {reviewers[1]} at /samples/{record}")


def print_closed(log: Log, record: str, why: str, *, by: str) -> None:
    """Give a sample up, so that its reports can be decided on again."""
    desk = Desk(log)
    sample = desk.find_sample(record)
    if sample is None:
        raise InputError(f"there is no sample {record!r}; there are {_list_samples(log)}")
    version = log.versions([record])[record] + 1
    body = Retracted(record, why)
    log.append([Change(record=record, version=version, body=body, by=person(by), at=datetime.now(UTC))])
    print(f"{record} is closed: {len(sample.done)} of {len(sample.drawn)} reports were answered by both.")


def _list_samples(log: Log) -> str:
    return ", ".join(log.records(Kind.SAMPLED)) or "none yet"


def _pairs(desk: Desk) -> list[Pair]:
    """Return every report of every incident on which nobody has decided, and that no sample has out."""
    out = desk.open_pairs()
    found: list[Pair] = []
    for entry in desk.queue(Tier.RED).entries():
        for report in entry.sheet.reports:
            pair = (entry.sheet.record, report.id)
            touched = any(each.by or each.claim.is_by_person for each in entry.sheet.of(report.id))
            if pair not in out and not touched:
                found.append(pair)
    return found


def _act(desk: Desk, sheet: Review, by: str, move: Move) -> None:
    before = sheet.version
    after = desk.act(sheet.record, move, by=person(by), tier=Tier.RED, version=before)
    for each in tell(after.changes, before):
        print(make_safe(f"{each.who} {each.what}{f': {each.why}' if each.why else ''}"))


def _find(desk: Desk, name: str) -> tuple[Review, str]:
    """Return the record that an id means, and the claim in it when the id is a claim's or its start."""
    sheet = desk.find(name, Tier.RED)
    if sheet is not None:
        return sheet, ""
    if len(name) < _SHORTEST_ID:
        raise InputError(f"{name!r} is too short to name a claim; give {_SHORTEST_ID} characters or more")
    found = [
        (entry.sheet, each.claim.id)
        for entry in desk.queue(Tier.RED).entries()
        for each in entry.sheet.standings
        if each.claim.id.startswith(name)
    ]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} claims begin with" if found else "no record or claim has the id"
    raise InputError(f"{what} {name!r}; `incidex review` lists what waits")


def parse_origin(text: str) -> Origin | None:
    """Return the origin that was named, `None` for none; raise `InputError` for what is none."""
    try:
        return Origin(text) if text else None
    except ValueError as wrong:
        raise InputError(f"claims are {', '.join(Origin)}; {text!r} is none of them") from wrong


def _parse_order(text: str) -> Order:
    try:
        return Order(text)
    except ValueError as wrong:
        raise InputError(f"the queue is ranked by {', '.join(Order)}; {text!r} is none of them") from wrong


def _row(each: Ranked) -> tuple[str, ...]:
    claim, state = each.waiting.claim, each.waiting.standing.state
    sign = "" if state is State.NEW else f"{STATE_SIGNS[state]} "
    return claim.id[:16], f"{sign}{say_claim(claim)}", each.waiting.title, each.why


def _plain(each: Ranked) -> dict[str, object]:
    claim = each.waiting.claim
    return {
        "id": claim.id,
        "incident": each.waiting.record,
        "report": claim.report,
        "field": claim.field,
        "value": claim.value,
        "stance": str(claim.stance),
        "speaker": claim.speaker.name,
        "confidence": claim.confidence,
        "state": str(each.waiting.standing.state),
        "score": round(each.score, 4),
        "why": each.why,
    }
