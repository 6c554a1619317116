"""What was taken back is told as revoked, once and for good, to whoever had it, and to nobody else."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.codebook import policy
from incidex.exchange.stix import Telling, to_lines, to_stix, write_told
from incidex.model import (
    NO_PAST,
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Judged,
    Judgement,
    Linked,
    Past,
    Removed,
    Retracted,
    Tier,
    find_past,
    fold_record,
)
from tests.unit.exchange.records import AT, REPORTS, TEXT, histories, make_claim, make_history
from tests.unit.exchange.test_exchange_stix import errors_of, of_type

Json = dict[str, Any]

ACME = make_claim("victim.name", "Acme")
BLAMED = make_claim("actor.name", "SkySecure", start=0)
HIDDEN = REPORTS[3]


def continued(history: Sequence[Change], *bodies: Body) -> list[Change]:
    """Return a history that goes on, an hour a change."""
    found = list(history)
    for body in bodies:
        last = found[-1]
        at = last.at + timedelta(hours=1)
        found.append(
            Change(
                record=last.record,
                version=last.version + 1,
                body=body,
                by="ann",
                at=at,
                serial=last.serial + 1,
            )
        )
    return found


def told(history: Sequence[Change], tier: Tier = Tier.RED, others: Sequence[Change] = ()) -> list[Json]:
    """Return the objects that a tier is sent of a record, with what was taken back of it."""
    record = history[0].record
    all_of_it = {record: history, **({others[0].record: others} if others else {})}

    def find(name: str) -> Sequence[Change]:
        return all_of_it.get(name, ())

    found = fold_record(find, record, tier=tier, policy=policy())
    past = find_past(find, record, tier=tier, policy=policy())
    now = found if found is not None and found.id == record else None
    return [json.loads(text) for _, _, text in to_lines(Telling(now, past))[0]]


def revoked(objects: Sequence[Json]) -> dict[str, Json]:
    return {each["id"]: each for each in objects if each.get("revoked")}


def errors(objects: Sequence[Json]) -> list[str]:
    return errors_of(
        {"type": "bundle", "id": "bundle--2ff2bd1e-a8b5-4bcd-9d5e-4e5f5bd3e7a1", "objects": objects}
    )


def blames(each: Json) -> bool:
    said = each.get("extensions", {}).values()
    return (
        each["type"] == "threat-actor"
        or each.get("relationship_type") == "attributed-to"
        or any(one.get("value") == "SkySecure" for one in said)
    )


def test_what_is_withdrawn_is_revoked_with_the_words_that_told_it() -> None:
    history = make_history([ACME, BLAMED])
    before = told(history)
    after = told(continued(history, Retracted(BLAMED.id, "it was somebody else")))
    assert set(revoked(after)) == {each["id"] for each in before if blames(each)}
    assert len(revoked(after)) == 3
    assert errors(after) == []
    was = {each["id"]: each for each in before}
    for name, each in revoked(after).items():
        assert each["created"] == was[name]["created"]
        assert each["modified"] > was[name]["modified"]


def test_what_a_reviewer_rejects_is_revoked_and_what_comes_back_is_another_object() -> None:
    history = make_history([ACME, BLAMED])
    once = {each["id"] for each in told(history) if blames(each)}
    rejected = continued(history, Decided(BLAMED.id, Decision.REJECTED))
    assert set(revoked(told(rejected))) == once
    again = told(continued(rejected, Decided(BLAMED.id, Decision.REOPENED)))
    assert set(revoked(again)) == once  # revoking is for good
    standing = {each["id"] for each in again if blames(each) and not each.get("revoked")}
    assert len(standing) == 3
    assert not standing & once
    assert errors(again) == []


def test_of_an_incident_that_is_none_any_more_everything_is_revoked() -> None:
    history = make_history([ACME, BLAMED])
    before = told(history)
    after = told(continued(history, Retracted(REPORTS[0].id, "it was a hoax")))
    assert {
        each["id"] for each in before if each["type"] in {"incident", "note", "report", "relationship"}
    } <= set(revoked(after))
    assert all(each.get("revoked") for each in of_type(after, "incident"))
    assert errors(after) == []


def merged(*, tier: Tier = Tier.CLEAR) -> tuple[list[Change], list[Change]]:
    """Return the histories of two records; the second was merged into the first."""
    one = make_history([replace(ACME, tier=tier)], "inc-1")
    two = [
        replace(each, serial=each.serial + 10) for each in make_history([replace(ACME, coder="x@1")], "inc-2")
    ]
    pairs = [("inc-1", "inc-2", one, 21), ("inc-2", "inc-1", two, 22)]
    for record, other, history, serial in pairs:
        body = Judged(other, Judgement.SAME, "one event")
        history.append(
            Change(record=record, version=3, body=body, by="ann", at=AT + timedelta(days=1), serial=serial)
        )
    return one, two


def test_a_merge_revokes_what_went_out_under_the_other_id() -> None:
    one, two = merged()
    before = {each["id"] for each in told(two[:-1])}
    after = told(two, others=one)
    gone = revoked(after)
    assert of_type(list(gone.values()), "incident")
    assert {
        name for name in before if name.startswith(("incident", "note", "report", "relationship"))
    } == set(gone)
    assert not revoked(told(one, others=two))  # nothing of the one that stays was taken back
    assert errors(after) == []


def test_a_merge_that_is_taken_back_gives_the_incident_a_new_id() -> None:
    one, two = merged()
    for history, serial in ((one, 23), (two, 24)):
        body = replace(history[-1].body, judgement=Judgement.WITHDRAWN)  # type: ignore[arg-type]
        history.append(replace(history[-1], version=4, body=body, serial=serial, at=AT + timedelta(days=2)))
    after = told(two, others=one)
    gone, stands = of_type(list(revoked(after).values()), "incident"), of_type(after, "incident")
    assert len(gone) == 1
    assert len(stands) == 2
    assert errors(after) == []


def test_a_sentence_that_had_to_go_by_law_is_revoked_without_its_words() -> None:
    said = make_claim("summary", "Acme was breached.")
    before = told(make_history([ACME, said]))
    masked = replace(said, value="█" * len(said.value))
    masked.__dict__["id"] = said.id  # as the store gives it back
    history = continued(make_history([ACME, masked]), Removed(REPORTS[0].id, "by order of a court"))
    after = told(history)
    (note,) = revoked(after).values()
    assert note["id"] in {each["id"] for each in before}
    assert "breached" not in json.dumps(after)
    assert "by order of a court" in note["content"]
    assert errors(after) == []


@settings(max_examples=40, deadline=None)
@given(shown=histories(6), hidden=histories(6), gone=st.integers(0, 63), rejected=st.integers(0, 63))
def test_no_tier_learns_of_what_was_taken_back_above_it(
    shown: list[Claim], hidden: list[Claim], gone: int, rejected: int
) -> None:
    public = [make_claim(each.field, each.value, stance=each.stance, speaker=each.speaker) for each in shown]
    secret = [replace(each, report=HIDDEN.id, tier=Tier.GREEN) for each in hidden]
    bodies: list[Body] = [Linked(REPORTS[0]), Claimed(tuple(public))]
    above: list[Body] = [Linked(HIDDEN), Claimed(tuple(secret))]
    above += [Retracted(each.id, "no") for place, each in enumerate(secret) if gone >> place & 1]
    taken = [
        Decided(each.id, Decision.REJECTED) for place, each in enumerate(public) if rejected >> place & 1
    ]

    def write(*parts: Sequence[Body]) -> list[Change]:
        every = [body for part in parts for body in part]
        return [
            Change(record="inc-1", version=n, body=body, by="ann", at=AT + timedelta(hours=n), serial=n)
            for n, body in enumerate(every, 1)
        ]

    full = write(bodies, above, taken, [Retracted(HIDDEN.id, "a hoax")])
    bare = [each for each in full if each.body in [*bodies, *taken]]
    assert told(full, Tier.CLEAR) == told(bare, Tier.CLEAR)


@settings(max_examples=40, deadline=None)
@given(held=histories(), gone=st.integers(0, 2**14), back=st.integers(0, 2**14))
def test_whatever_is_taken_back_the_bundle_is_whole_and_no_revoked_id_stands(
    held: list[Claim], gone: int, back: int
) -> None:
    bodies: list[Body] = []
    for place, each in enumerate(held):
        if gone >> place & 1:
            bodies.append(Decided(each.id, Decision.REJECTED))
        if back >> place & 1:
            bodies.append(Decided(each.id, Decision.REOPENED))
    history = make_history(held)
    seen: set[str] = set()
    for length in range(len(history), len(history) + len(bodies) + 1):
        objects = told(continued(history, *bodies)[:length])
        names = [each["id"] for each in objects]
        assert len(names) == len(set(names))
        dead = set(revoked(objects))
        assert seen <= dead  # what was revoked stays so, and none of it ever stands again
        seen |= dead


def test_a_file_tells_of_records_that_are_no_incidents_any_more() -> None:
    history = continued(make_history([ACME]), Retracted(REPORTS[0].id, "a hoax"))
    past = find_past(lambda _: history, "inc-1", tier=Tier.CLEAR, policy=policy())
    out = io.StringIO()
    assert list(write_told([Telling(None, past), Telling(None, Past())], out)) == []
    objects = json.loads(out.getvalue())["objects"]
    assert {each["type"] for each in objects if each.get("revoked")} >= {"incident", "note", "report"}


def test_a_record_of_which_nothing_was_taken_back_has_no_past() -> None:
    history = make_history([ACME, BLAMED])
    accepted = continued(history, Decided(BLAMED.id, Decision.ACCEPTED))
    for each in (history, accepted):
        assert find_past(lambda _, each=each: each, "inc-1", tier=Tier.RED) is NO_PAST  # type: ignore[misc]
    found = fold_record(lambda _: history, "inc-1", tier=Tier.RED)
    assert found is not None
    assert to_stix(found) == to_stix(found, past=NO_PAST)
    assert TEXT  # the words that claims quote
