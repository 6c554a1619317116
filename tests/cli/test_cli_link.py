"""`incidex link` as a person types it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

STORY = (
    "Hillside Clinic said on 3 March 2023 that hackers stole the medical records of {count} patients from "
    "its servers on {day} March 2023. Names, addresses and passwords were taken, the clinic said."
)


def add(run: Run, folder: Path, name: str, text: str) -> str:
    path = folder / f"{name}.txt"
    path.write_text(text, "utf-8")
    done = run("add", path, "--source", name, "--published", "2023-03-04", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["incidents"][0])


@pytest.fixture
def two(run: Run, tmp_path: Path) -> tuple[str, str]:
    other = "Kvaerner Works said on 9 May 2001 that a clerk lost the passwords of 55 users on 8 May 2001."
    return add(run, tmp_path, "Ledger", STORY.format(count="147,912", day=1)), add(
        run, tmp_path, "Echo", other
    )


def test_merge_show_and_undo(run: Run, two: tuple[str, str]) -> None:
    one, other = two
    before = json.loads(run("show", other, "--json").stdout)
    merged = run("link", "decide", one, other, "same", "--why", "one server", "--by", "ana")
    assert merged.returncode == 0, merged.stderr
    shown = json.loads(run("show", other, "--json").stdout)
    assert (shown["id"], [tie["incident"] for tie in shown["ties"]]) == (one, [other])
    assert "was merged into this one: one server (person:ana" in run("show", one).stdout.replace("\n", " ")
    assert run("link", "undo", one, other).returncode == 0
    after = json.loads(run("show", other, "--json").stdout)
    assert [after[part] for part in ("id", "values", "ties")] == [
        before[part] for part in ("id", "values", "ties")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide", "0", "0", "same", "--why", "w"), "against itself"),
        (("decide", "0", "inc-none", "same", "--why", "w"), "no incident answers to 'inc-none'"),
        (("decide", "0", "1", "alike", "--why", "w"), "'alike' is not a judgement"),
        (("decide", "0", "1", "same", "--why", " "), "needs a reason"),
        (("undo", "0"), "nothing to undo"),
        (("split", "0", "--why", "w"), "name the reports"),
    ],
)
def test_refuses_in_one_sentence(
    run: Run, two: tuple[str, str], arguments: tuple[str, ...], said: str
) -> None:
    ids = {"0": two[0], "1": two[1]}
    done = run("link", *(ids.get(each, each) for each in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_chain_of_like_incidents_is_one_group_and_a_long_list_has_an_end(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "incident_id": f"{victim}{number}",
            "source_id": "ours",
            "summary": f"Of {victim}, a laptop was stolen.",
            "victim": {"victim_id": victim, "country": ["US"], "industry": "622110"},
            "timeline": {"incident": {"year": 2005 + 5 * at, "month": number % 3 + 1, "day": 3}},
            "action": {"physical": {"variety": ["Theft"], "vector": ["Unknown"]}},
            "attribute": {"confidentiality": {"data_disclosure": "Yes", "data_total": (at + 3) * 7_919}},
        }
        for at, victim in enumerate(("Ashdown Rail", "Brookfield Clinic", "Caldwell Harbour"))
        for number in range(6)
    ]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), "utf-8")
    assert run("import", "veris", path).returncode in (0, 2)
    told = run("link", "suggest", "--first", "2").stdout
    assert told.count("6 records, ") == 2
    assert "in 3 groups, " in told
    assert "The 2 groups with the likeliest pairs are shown; `--all` shows all" in told
    pairs = [
        json.loads(line) for line in run("link", "suggest", "--json", "--least", "20").stdout.splitlines()
    ]
    assert pairs
    assert all(each["percent"] >= 20 for each in pairs)
    saved = run("link", "suggest", "--first", "1", "--save").stdout
    assert "pairs are now in the queue of `incidex link`" in saved
    waiting = run("link").stdout
    assert "in 1 group, " in waiting
    assert waiting.count("6 records, ") == 1


def test_lists_and_suggests(run: Run, two: tuple[str, str]) -> None:
    assert "No pair waits" in run("link").stdout
    assert "0 pairs" in run("link", "suggest").stdout
    assert run("link", "suggest", two[0], "--json").stdout == ""
