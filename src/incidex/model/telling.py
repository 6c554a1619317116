"""A change in words: for the log, for the two sides of a conflict, for whoever asks what happened."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from incidex.model.changes import (
    Answered,
    Assigned,
    Body,
    Change,
    Claimed,
    Decided,
    Failed,
    Judged,
    Linked,
    Moved,
    Received,
    Removed,
    Retracted,
    Sampled,
)


def tell(change: Change) -> str:
    """Say what a change did, in one line."""
    say: Callable[[Any, str], str] = _SAY[type(change.body)]
    return say(change.body, change.by)


def _received(body: Received, _: str) -> str:
    return f"{body.report.source.name}: {body.report.title or body.report.media_type}"


def _failed(body: Failed, _: str) -> str:
    return f"{body.name}: {body.message}"


def _linked(body: Linked, _: str) -> str:
    return f"{body.report.id}; {body.why}"


def _claimed(body: Claimed, _: str) -> str:
    if len(body.claims) != 1:
        return f"{len(body.claims)} claims"
    claim = body.claims[0]
    return f"{claim.field} = {claim.value!r} ({claim.stance})"


def _retracted(body: Retracted, _: str) -> str:
    return f"{body.claim}: {body.reason}"


def _decided(body: Decided, by: str) -> str:
    return f"{body.claim} {body.decision} by {by}: {body.reason}"


def _assigned(body: Assigned, _: str) -> str:
    return f"{f'{body.to} reviews it' if body.to else 'nobody reviews it'}: {body.reason}"


def _sampled(body: Sampled, _: str) -> str:
    return f"{len(body.drawn)} reports drawn with seed {body.seed} for {' and '.join(body.reviewers)}"


def _answered(body: Answered, by: str) -> str:
    return f"{body.report}: {len(body.answers)} answers by {by}"


def _judged(body: Judged, _: str) -> str:
    return f"{body.judgement}, {body.other}: {body.why}"


def _moved(body: Moved, _: str) -> str:
    return f"{f'{len(body.only)} claims of ' if body.only else ''}{body.report} to {body.to}: {body.why}"


def _removed(body: Removed, by: str) -> str:
    what = "quotes from" if body.quotes_only else "the words of"
    return f"{what} {body.report} removed by {by}: {body.reason}"


_SAY: Mapping[type[Body], Callable[[Any, str], str]] = MappingProxyType(
    {
        Received: _received,
        Failed: _failed,
        Linked: _linked,
        Claimed: _claimed,
        Retracted: _retracted,
        Decided: _decided,
        Assigned: _assigned,
        Sampled: _sampled,
        Answered: _answered,
        Judged: _judged,
        Moved: _moved,
        Removed: _removed,
    }
)
