"""What a reviewer does, as the changes it makes: pure, so that pages, programs and commands do the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from incidex.codebook import check_value, get_field
from incidex.model import (
    Assigned,
    Body,
    Change,
    Claim,
    Claimed,
    ConflictError,
    Decided,
    Decision,
    Document,
    Evidence,
    EvidenceError,
    InputError,
    LimitError,
    NoEvidence,
    Report,
    Review,
    Role,
    Span,
    Speaker,
    Stance,
    Standing,
    State,
)
from incidex.text import anchor

E = TypeVar("E", bound=StrEnum)

#: Characters in a reason or a note; whoever has more to say writes it elsewhere and gives the address.
MOST_REASON = 2_000

_MOST_NAME = 200

#: Decisions that nobody understands later without a reason.
_NEEDS_REASON = {Decision.REJECTED: "a rejection", Decision.SECOND_LOOK: "a request for a second look"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim as a person hands it in: words of a form, nothing checked yet."""

    field: str
    value: str
    stance: str = "asserts"
    speaker: str = ""  # "" is the report's publisher
    role: str = ""
    quote: str = ""
    start: int | None = None  # where the quote stands, when the form knows
    end: int | None = None
    note: str = ""
    is_note: bool = False  # an analyst's note, with nothing to quote


def person(name: str) -> str:
    """Return how a person signs changes and claims."""
    return f"person:{name}"


def check_reason(reason: str) -> str:
    """Return a reason as it is kept, or raise `LimitError`."""
    plain = reason.strip()
    if len(plain) > MOST_REASON:
        raise LimitError(f"a reason has at most {MOST_REASON:,} characters, this one has {len(plain):,}")
    return plain


def make_claim(draft: Draft, report: Report, document: Document, by: str) -> Claim:
    """Return the claim that a draft means; raise `InputError`, `CodebookError` or `EvidenceError` if none."""
    field = get_field(draft.field)
    return Claim(
        report=report.id,
        field=field.name,
        value=check_value(field.name, draft.value),
        speaker=_make_speaker(draft, report),
        coder=by,
        stance=_parse(Stance, draft.stance, "stance"),
        tier=max(field.tier, report.tier),
        evidence=None if draft.is_note else _make_evidence(draft, document.text),
        no_evidence=NoEvidence.ANALYST_NOTE if draft.is_note else None,
        why=check_reason(draft.note),
    )


def decide(sheet: Review, ids: Iterable[str], decision: Decision, reason: str = "") -> list[Body]:
    """Decide on claims; those on which it is decided so already are left alone."""
    said = check_reason(reason)
    if not said and decision in _NEEDS_REASON:
        raise InputError(f"{_NEEDS_REASON[decision]} needs a reason; say in a few words what is wrong")
    found = [_get(sheet, each) for each in ids]
    wanted = State(decision.value)
    bodies: list[Body] = [
        Decided(each.claim.id, decision, said) for each in found if each.state is not wanted or each.inherited
    ]
    if not bodies:
        raise InputError(f"that is {decision.value} already")
    return bodies


def decide_all(sheet: Review, decision: Decision, reason: str = "", report: str = "") -> list[Body]:
    """Decide on every claim that waits, in one report or in all of them.

    What somebody wants looked at twice is passed over: it waits for a look at itself.
    """
    waiting = [each for each in sheet.waiting if each.state is not State.SECOND_LOOK]
    ids = [each.claim.id for each in waiting if report in {"", each.claim.report}]
    if not ids:
        raise InputError("nothing waits here")
    return decide(sheet, ids, decision, reason)


def add(sheet: Review, claim: Claim) -> list[Body]:
    """Add a person's claim; one that was rejected or taken back is accepted instead of said twice."""
    held = sheet.find(claim.id)
    if held is None:
        return [Claimed((claim,))]
    if held.state is State.REJECTED:
        return [Decided(claim.id, Decision.ACCEPTED, claim.why)]
    raise InputError("that claim is here already, by you and in the same words")


def correct(sheet: Review, wrong: str, claim: Claim, reason: str = "") -> list[Body]:
    """Put a person's claim in the place of another, which is rejected and stays in the history."""
    _get(sheet, wrong)
    if claim.id == wrong:
        raise InputError("nothing in the correction differs from the claim")
    said = check_reason(reason) or f"corrected to {claim.field} = {claim.value[:200]}"
    return [*add(sheet, claim), Decided(wrong, Decision.REJECTED, said)]


def take(sheet: Review, by: str) -> list[Body]:
    """Take up a record's review, or let go of it when it is one's own."""
    return [Assigned("" if sheet.assigned_to == by else by)]


def undo(sheet: Review, by: str) -> list[Body]:
    """Take back the last step that a person took here and has not taken back yet."""
    step = _find_last_step(sheet.changes, by)
    if not step:
        raise InputError("there is nothing of yours to take back here")
    bodies: list[Body] = []
    for change in step:
        for claim in _claims_touched(change):
            _refuse_decided_since(sheet.changes, claim, change, by)
            bodies.extend(_restore(sheet.changes, claim, change))
    return bodies


def _find_last_step(changes: Sequence[Change], by: str) -> list[Change]:
    """Return what one act of a person changed: lines that were written together."""
    undone = {c.body.undoes for c in changes if isinstance(c.body, Decided) and c.body.undoes}
    mine = [each for each in changes if each.by == by and isinstance(each.body, Decided | Claimed)]
    steps = [list(step) for _, step in groupby(mine, key=lambda change: change.at)]
    for step in reversed(steps):
        is_undo = any(isinstance(each.body, Decided) and each.body.undoes for each in step)
        if not is_undo and not undone & {each.version for each in step}:
            return step
    return []


def _claims_touched(change: Change) -> tuple[str, ...]:
    match change.body:
        case Decided(claim=claim):
            return (claim,)
        case Claimed(claims=claims):
            return tuple(claim.id for claim in claims)
        case _:
            return ()


def _refuse_decided_since(changes: Sequence[Change], claim: str, step: Change, by: str) -> None:
    for change in changes:
        later = change.version > step.version and change.by != by
        if later and isinstance(change.body, Decided) and change.body.claim == claim:
            raise ConflictError(f"{change.by} has decided on it since; decide on the claim anew")


def _restore(changes: Sequence[Change], claim: str, step: Change) -> list[Body]:
    """Return the decisions that put a claim where it stood before a step."""
    if isinstance(step.body, Claimed):
        return [Decided(claim, Decision.TAKEN_BACK, undoes=step.version)]
    before = [
        change.body
        for change in changes
        if change.version < step.version and isinstance(change.body, Decided) and change.body.claim == claim
    ]
    ruled = [each for each in before if each.decision is not Decision.SECOND_LOOK]
    restored = ruled[-1] if ruled else Decided(claim, Decision.REOPENED)
    bodies: list[Body] = [Decided(claim, restored.decision, restored.reason, undoes=step.version)]
    if before and before[-1].decision is Decision.SECOND_LOOK:
        bodies.append(Decided(claim, Decision.SECOND_LOOK, before[-1].reason, undoes=step.version))
    return bodies


def _get(sheet: Review, claim: str) -> Standing:
    found = sheet.find(claim)
    if found is None:
        raise InputError(f"there is no claim {claim[:60]!r} in this record, or it was withdrawn")
    return found


def _make_speaker(draft: Draft, report: Report) -> Speaker:
    name = " ".join(draft.speaker.split()) or report.source.name
    if len(name) > _MOST_NAME:
        raise LimitError(f"a speaker's name has at most {_MOST_NAME} characters, this one has {len(name):,}")
    if draft.role:
        return Speaker(name, _parse(Role, draft.role, "role"))
    return Speaker(name, report.source.role if name == report.source.name else Role.PRESS)


def _parse(kind: type[E], text: str, what: str) -> E:
    try:
        return kind(text)
    except ValueError as wrong:
        raise InputError(f"{text[:40]!r} is not a {what}; there are {', '.join(kind)}") from wrong


def _make_evidence(draft: Draft, text: str) -> Evidence:
    if draft.start is None or draft.end is None:
        if not draft.quote.strip():
            raise EvidenceError("select or type the words of the report that say so")
        return Evidence.of(text, anchor(_plain(draft.quote).strip(), text))
    span = Span(draft.start, draft.end)
    words = span.within(text)
    if draft.quote and _plain(draft.quote).strip() != _plain(words).strip():
        raise EvidenceError(f"at {span.start}:{span.end} stands {words[:80]!r}; select the words again")
    return Evidence.of(text, _trim(span, words))


def _trim(span: Span, words: str) -> Span:
    """Leave out white space at either end, which a selection by hand picks up."""
    if not words.strip():
        return span  # `Evidence` says what is wrong with it
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def _plain(words: str) -> str:
    """Undo what a browser does to line ends in a form."""
    return words.replace("\r\n", "\n")
