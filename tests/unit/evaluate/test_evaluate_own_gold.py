"""Our own gold: every answer can be given, every quotation is in its text, wrong answers are counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from incidex.codebook import check_value
from incidex.coding import Coded
from incidex.evaluate.incidents import score_row
from incidex.evaluate.passages import Heard, Passage, is_same_speaker, parse_passages, to_report
from incidex.model import Claim, Evidence, InputError, Report, Role, Span, Speaker, Stance

GOLD = Path(__file__).parents[3] / "gold"
FILES = sorted(GOLD.glob("*-[ab].jsonl"))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_there_is_as_much_as_was_promised() -> None:
    counts = {path.stem: len(_rows(path)) for path in FILES}
    assert sum(count for name, count in counts.items() if name.startswith("roundups")) >= 40
    assert sum(count for name, count in counts.items() if name.startswith("none")) >= 30
    passages = [
        one for path in GOLD.glob("speech-*.jsonl") for row in _rows(path) for one in parse_passages(row)
    ]
    assert len(passages) >= 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_is_in_the_codebooks_words(path: Path) -> None:
    for row in _rows(path):
        for one in parse_passages(row):
            assert check_value(one.field, one.value) == one.value
            assert (one.speaker is None) == (one.stance is None)
        for facts in [*row["gold"].get("incidents", []), *row["gold"].get("background", [])]:
            for field, values in facts.items():
                assert [check_value(field, value) for value in values] == values


def test_a_quotation_that_does_not_stand_there_is_refused() -> None:
    row = {"id": "x", "text": "Names.", "gold": {"passages": [{"start": 0, "end": 5, "quote": "names"}]}}
    with pytest.raises(InputError, match="does not have 'names'"):
        list(parse_passages(row))


@pytest.mark.parametrize(
    ("got", "want", "same"),
    [
        ("Acme Foods", "Acme Foods, Inc.", True),
        ("Acme", "Acme Foods", True),
        ("FBI", "Federal Bureau of Investigation", True),
        ("the council", "councillors", True),
        ("Acme", "the council", False),
        ("Zenith", "Acme Foods", False),
        ("", "Acme Foods", False),
    ],
)
def test_names_of_one_speaker(got: str, want: str, *, same: bool) -> None:
    assert is_same_speaker(got, want) is same


def test_a_passage_is_right_in_role_name_and_stance() -> None:
    acme, press = Speaker("Acme", Role.VICTIM), Speaker("Acme", Role.PRESS)
    asked = Passage(field="data.records", value="5", span=Span(0, 1), stance=Stance.DENIES, speaker=acme)
    assert Heard(passage=asked, speaker=acme, stance=Stance.DENIES).is_speaker_right
    assert not Heard(passage=asked, speaker=press, stance=Stance.DENIES).is_speaker_right
    assert not Heard(passage=asked, speaker=acme, stance=None).is_stance_right


TEXT = "Acme lost 5. Zenith lost 7."


def _coded(*said: tuple[str, str, str]) -> Coded:
    """Return an incident of claims: field, value and the words in `TEXT`."""
    return Coded(
        tuple(
            Claim(
                report="rep-1",
                field=field,
                value=value,
                speaker=Speaker("publisher"),
                coder="probe@1",
                evidence=Evidence.of(TEXT, Span(at := TEXT.index(words), at + len(words))),
            )
            for field, value, words in said
        )
    )


ACME, FIVE = ("victim.name", "Acme", "Acme"), ("data.records", "5", "5")
ZENITH, SEVEN = ("victim.name", "Zenith", "Zenith"), ("data.records", "7", "7")
GOLD_ACME = {"victim.name": ["Acme"], "data.records": ["5"]}
GOLD_ZENITH = {"victim.name": ["Zenith"], "data.records": ["7"]}


def test_two_incidents_told_as_two_are_right() -> None:
    found = score_row({"incidents": [GOLD_ACME, GOLD_ZENITH]}, [_coded(ACME, FIVE), _coded(ZENITH, SEVEN)])
    assert (found["counted"], found["found"], found["placed"], found["values"]) == (1, 2, 4, 4)


def test_two_incidents_told_as_one_are_wrong() -> None:
    found = score_row({"incidents": [GOLD_ACME, GOLD_ZENITH]}, [_coded(ACME, FIVE, SEVEN)])
    assert (found["counted"], found["found"], found["placed"], found["values"]) == (0, 1, 2, 3)


def test_background_may_stand_alone_and_must_not_leak() -> None:
    gold = {"incidents": [GOLD_ACME], "background": [GOLD_ZENITH]}
    apart = score_row(gold, [_coded(ACME, FIVE), _coded(ZENITH, SEVEN)])
    assert (apart["counted"], apart["leaked"]) == (1, 0)
    mixed = score_row(gold, [_coded(ACME, FIVE, SEVEN)])
    assert (mixed["counted"], mixed["leaked"], mixed["background"]) == (1, 1, 2)


def test_an_incident_where_there_is_none_is_extra() -> None:
    assert score_row({"incidents": []}, [_coded(ACME)])["extra"] == 1
    assert score_row({"incidents": []}, [])["counted"] == 1


def test_a_row_names_its_publisher() -> None:
    report, document = to_report({"text": "x", "source": "Acme", "role": "victim", "published": "2024"})
    assert (report.source.role, document.published) == (Role.VICTIM, "2024")
    assert isinstance(to_report({"text": "x"})[0], Report)
