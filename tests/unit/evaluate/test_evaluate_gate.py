"""The gate: no score may sink below its floor in `gold/floors.json` without a reason that stands there."""

from pathlib import Path

import pytest

from incidex.app.floors import complaints, read_floors, set_floors, to_scores
from incidex.app.scoring import Request, Scored, read_gold, score_sets
from incidex.evaluate import SetFloors
from incidex.model import InputError

ROOT = Path(__file__).parents[3]
FLOORS = read_floors(ROOT / "gold" / "floors.json")


def find_file(name: str) -> Path:
    places = (ROOT / "gold" / f"{name}.jsonl", ROOT.parent / "shared" / "corpus" / f"{name}.jsonl.gz")
    found = next((path for path in places if path.exists()), None)
    return found or pytest.skip(f"{places[-1]} is not here")


def score_set(name: str, held: SetFloors) -> Scored:
    (scored,) = score_sets(Request((find_file(name),)), {name: held})
    return scored


@pytest.mark.parametrize("name", FLOORS.sets)
def test_no_score_is_below_its_floor(name: str) -> None:
    held = FLOORS.sets[name]
    scored = score_set(name, held)
    assert complaints(scored.gold, held, to_scores(scored)) == []
    assert not scored.failures


def test_every_gold_set_of_ours_has_floors() -> None:
    ours = {path.stem for path in (ROOT / "gold").glob("*.jsonl")}
    assert ours <= set(FLOORS.sets), "run `incidex evaluate score gold --set-floors`"


def test_the_gate_shuts_when_a_score_sinks_or_the_rows_are_others() -> None:
    name = "none-a"
    held = FLOORS.sets[name]
    gold = read_gold(ROOT / "gold" / f"{name}.jsonl")
    good = dict.fromkeys(held.floors, 1.0)
    assert complaints(gold, held, good) == []
    assert complaints(gold, held, dict.fromkeys(held.floors, 0.0))
    fewer = read_gold(ROOT / "gold" / f"{name}.jsonl", count=3)
    assert complaints(fewer, held, good) == [
        "none-a: its rows are not those that the floors were set for; use --set-floors"
    ]


def test_floors_rise_but_sink_only_with_leave_and_a_reason() -> None:
    name = "none-a"
    gold = read_gold(ROOT / "gold" / f"{name}.jsonl")
    low = dict.fromkeys(FLOORS.sets[name].floors, 0.1)
    with pytest.raises(InputError, match="Mend the coders, or use --lower FIELD with --reason"):
        set_floors(gold, FLOORS, low)
    lowered = set_floors(gold, FLOORS, low, list(low), "a test").sets[name]
    assert set(lowered.floors.values()) == {0.09}
    assert {each.reason for each in lowered.lowered} == {"a test"}
    assert set_floors(gold, FLOORS, dict.fromkeys(low, 1.0)).sets[name].floors == dict.fromkeys(low, 0.99)
