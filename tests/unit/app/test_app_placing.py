"""Where reports go: to the incident that they tell of, to a new one, or before a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from incidex.app.incoming import Incoming, make_origin
from incidex.app.judging import Batch, decide, split, suggestions
from incidex.app.pipeline import Added, add
from incidex.model import Incident, Judgement, Tier, fold_records
from incidex.store import Log, MemoryLog
from incidex.text import ReaderProcess

STORY = (
    "Hillside Clinic said on 3 March 2023 that hackers stole the medical records of 147,912 patients from "
    "its servers on 1 March 2023. Names, addresses and passwords were taken, the clinic said. "
    "Hillside Clinic has told the regulator and the police, and offers credit monitoring to all patients."
)


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


class Desk:
    """A log to which texts are added as they come in."""

    def __init__(self, folder: Path, reader: ReaderProcess) -> None:
        self.log: Log = MemoryLog()
        self._folder, self._reader = folder, reader

    def add(self, name: str, text: str, **origin: str) -> Added:
        path = self._folder / f"{name}.txt"
        path.write_text(text, "utf-8")
        known = {"source": name, "published": "2023-03-04", **origin}
        return next(add(self.log, [Incoming(path, make_origin({"file": path.name, **known}))], self._reader))

    def incidents(self, tier: Tier = Tier.RED) -> list[Incident]:
        return list(fold_records(self.log.history, self.log.incidents(), tier=tier))


@pytest.fixture
def desk(tmp_path: Path, reader: ReaderProcess) -> Desk:
    return Desk(tmp_path, reader)


def test_a_copy_elsewhere_goes_to_the_same_incident_and_counts_once(desk: Desk) -> None:
    desk.add("Ledger", STORY)
    desk.add("Echo", f"Patients exposed\n\n{STORY}")
    (incident,) = desk.incidents()
    assert len(incident.reports) == 2
    assert len({report.independent_as for report in incident.reports}) == 1
    told = [reason for held in incident.values.values() for value in held for reason in value.reasons]
    assert not [
        reason for reason in told if "Ledger" in reason and "Echo" in reason and "independent" in reason
    ]


def test_stories_of_one_agency_count_once(desk: Desk) -> None:
    desk.add("Ledger", f"BOSTON (AP) — {STORY}")
    desk.add("Echo", f"BOSTON (AP) — {STORY[:150]} Patients of Hillside Clinic were angry on 4 March 2023.")
    origins = {report.independent_as for each in desk.incidents() for report in each.reports}
    assert len(origins) == 1


def test_another_year_is_another_incident(desk: Desk) -> None:
    desk.add("Ledger", STORY)
    later = STORY.replace("2023", "2019").replace("147,912", "310").replace("March", "June")
    desk.add("Echo", later.replace("hackers stole", "a clerk lost"), published="2019-06-05")
    assert len(desk.incidents()) == 2


def test_what_a_person_judged_different_is_not_suggested_again(desk: Desk) -> None:
    desk.add("Ledger", STORY)
    copied = desk.add("Echo", f"Patients exposed\n\n{STORY}", url="https://echo.example/1")
    (incident,) = desk.incidents()
    apart = split(desk.log, incident.id, reports=[copied.report], why="another clinic", by="person:ana")
    again = desk.add("Echo", f"Patients exposed, corrected\n\n{STORY}", url="https://echo.example/1")
    assert again.incidents == (apart,)
    assert list(suggestions(desk.log)) == []


def test_a_report_of_a_merged_incident_goes_to_a_record_that_its_readers_see(desk: Desk) -> None:
    hidden = desk.add("Team", STORY, tier="red").incidents[0]
    batch = Batch(desk.log)
    open_one = desk.add(
        "Harbour", "Kvaerner Works said that hackers stole 55 passwords on 1 May 2001."
    ).incidents[0]
    batch.judge(hidden, open_one, Judgement.UNSURE, why="alike", by="incidex")
    batch.append()
    decide(desk.log, hidden, open_one, Judgement.SAME, why="one server", by="person:ana")
    added = desk.add("Echo", f"Patients exposed\n\n{STORY}")
    assert added.incidents == (open_one,)
    assert {report.source.name for each in desk.incidents(Tier.CLEAR) for report in each.reports} == {
        "Harbour",
        "Echo",
    }
