import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.app.batch import code_lines
from incidex.evaluate import CodedLine, GoldRow, Scores, parse_coded, parse_gold, sample, score
from incidex.model import InputError

SHARED = Path(__file__).parents[4] / "shared"


def gold(text: str = "a text", name: str = "r1", *, exact: bool = False, **answers: Any) -> GoldRow:
    found = {
        "id": name,
        "text": text,
        "exact": exact,
        "gold": {k.replace("_", "."): v for k, v in answers.items()},
    }
    (row,) = parse_gold([json.dumps(found).encode()], name="gold")
    return row


def said(*claims: tuple[str, str, float], name: str = "r1", stance: str = "asserts") -> CodedLine:
    listed = [{"field": f, "value": v, "confidence": c, "stance": stance} for f, v, c in claims]
    (line,) = parse_coded(
        [json.dumps({"id": name, "incidents": [{"claims": listed}]}).encode()], name="coded"
    )
    return line


def one(row: GoldRow, line: CodedLine, field: str) -> tuple[int, int, int]:
    tally = score([row], [line]).fields[field].tally
    return (tally.right, tally.wrong, tally.missed)


@pytest.mark.parametrize(
    ("field", "got", "want", "right"),
    [
        pytest.param("victim.name", "Acme Foods", "ACME Foods, Inc.", True, id="legal-form"),
        pytest.param("victim.name", "Acme", "Zenith", False, id="other-name"),
        pytest.param("data.records", "1000", 1040, True, id="rounded"),
        pytest.param("data.records", "1000", 1200, False, id="too-far"),
        pytest.param("date.occurred", "2017-04", "2017-04-26", True, id="month"),
        pytest.param("date.occurred", "2017", "2017-04-26", False, id="year-for-a-month"),
        pytest.param("date.occurred", "2017-04", "2017", True, id="a-year-was-asked"),
        pytest.param("victim.industry", "622110", "62", True, id="sector"),
        pytest.param("victim.country", "us", "US", True, id="case"),
    ],
)
def test_what_answers_a_question(field: str, got: str, want: object, right: bool) -> None:
    answers: dict[str, Any] = {field.replace(".", "_"): want}
    row = gold(**answers)
    assert one(row, said((field, got, 0.8)), field) == ((1, 0, 0) if right else (0, 1, 1))


def test_dates_of_an_exact_row_are_compared_to_the_day() -> None:
    line = said(("date.occurred", "2017-04-25", 0.8))
    assert one(gold(date_occurred="2017-04-26"), line, "date.occurred") == (1, 0, 0)
    assert one(gold(date_occurred="2017-04-26", exact=True), line, "date.occurred") == (0, 1, 1)


def test_of_a_single_answer_the_surest_counts() -> None:
    line = said(("victim.name", "Zenith", 0.4), ("victim.name", "Acme", 0.9))
    assert one(gold(victim_name="Acme"), line, "victim.name") == (1, 0, 0)


def test_a_set_is_scored_value_by_value() -> None:
    line = said(("action", "hacking", 0.9), ("action", "error", 0.5))
    assert one(gold(action=["hacking", "malware"]), line, "action") == (1, 1, 1)


def test_what_is_denied_is_not_said() -> None:
    line = said(("action", "hacking", 0.9), stance="denies")
    assert one(gold(action=["hacking"]), line, "action") == (0, 0, 1)


def test_an_empty_set_is_an_answer_and_an_absent_field_is_none() -> None:
    rows = [gold(action=[]), gold(name="r2", action=["error"])]
    fields = score(rows, [said(("action", "hacking", 0.9), ("impact", "integrity", 0.9))]).fields
    assert fields["action"].tally.wrong == 1
    assert (fields["action"].asked, fields["action"].answered) == (1, 0)
    assert "impact" not in fields


def test_annotated_passages_are_the_set_of_their_ids() -> None:
    row = {"id": "r1", "text": "x", "gold": {"technique.spans": [[0, 1, "T1027"], [2, 3, "T1027"]]}}
    (read,) = parse_gold([json.dumps(row).encode()], name="gold")
    assert read.answers == {"technique": ("T1027",)}


def test_calibration_error_is_the_mean_distance_over_ten_equal_bins() -> None:
    rows = [gold(name=f"r{number}", victim_name="Acme") for number in range(4)]
    lines = [said(("victim.name", "Acme" if n < 3 else "Zenith", 0.85), name=f"r{n}") for n in range(4)]
    assert score(rows, lines).fields["victim.name"].calibration_error == pytest.approx(0.10)


def test_mistakes_are_told_with_the_words_that_misled() -> None:
    text = "The clerk of Acme Foods was hacked by nobody."
    evidence = {"start": 13, "end": 17, "quote": "Acme"}
    claim = {"field": "victim.name", "value": "Acme", "confidence": 0.9, "evidence": evidence}
    (line,) = parse_coded([json.dumps({"id": "r1", "incidents": [{"claims": [claim]}]}).encode()], name="c")
    (mistake,) = score([gold(text, victim_name="Zenith")], [line]).fields["victim.name"].confusions
    assert (mistake.want, mistake.got, mistake.count) == ("zenith", "acme", 1)
    assert "Acme" in mistake.examples[0].quote
    assert mistake.examples[0].id == "r1"


def test_a_report_that_was_not_coded_is_missing_and_scores_nothing() -> None:
    scores = score([gold(action=["error"])], [])
    assert (scores.missing, scores.fields["action"].tally.missed) == (1, 1)


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"id": "x", "text": 3, "gold": {}}', b"\xff"])
def test_a_line_that_is_no_gold_is_named(line: bytes) -> None:
    with pytest.raises(InputError, match=r"my\.jsonl, line 1"):
        list(parse_gold([line], name="my.jsonl"))


def test_a_line_that_is_no_coded_line_is_named() -> None:
    with pytest.raises(InputError, match=r"my\.jsonl, line 2"):
        list(parse_coded([b'{"id": "x", "incidents": []}', b'{"id": "y"}'], name="my.jsonl"))


@given(st.lists(st.sampled_from(["hacking", "error", "misuse"])), st.randoms())
def test_the_order_of_rows_and_claims_changes_nothing(values: list[str], random: Any) -> None:
    rows = [gold(name=f"r{n}", action=["hacking"], victim_name="Acme") for n in range(3)]
    lines = [said(*(("action", v, 0.5) for v in values), name=f"r{n}") for n in range(3)]
    straight = score(rows, lines)
    random.shuffle(rows)
    random.shuffle(lines)
    shuffled = score(rows, lines)
    assert {f: s.tally for f, s in straight.fields.items()} == {
        f: s.tally for f, s in shuffled.fields.items()
    }


def _shared_scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("shared_scorer", SHARED / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("corpus", ["vcdb-text", "hhs-text", "hibp-text"])
def test_the_shared_scorer_comes_to_the_same_figures(corpus: str) -> None:
    path = SHARED / "corpus" / f"{corpus}.jsonl.gz"
    if not path.exists():
        pytest.skip("the shared corpora are not here")
    with gzip.open(path) as file:
        by_id = {row.id: row for row in parse_gold(file, name=corpus)}  # some ids come twice
    rows = sample(by_id.values(), 120)
    coded = [outcome.line for outcome in code_lines(row.to_line() for row in rows)]
    ours = score(rows, parse_coded(coded, name="coded"))
    theirs = _shared_scorer().score([row.raw for row in rows], [json.loads(line) for line in coded])
    _check_same(ours, theirs)


def _check_same(ours: Scores, theirs: dict[str, Any]) -> None:
    assert theirs["reports"] == ours.reports
    assert theirs["evidence"]["claims"] == ours.claims
    shared = set(theirs) - {"reports", "missing", "evidence"}
    assert shared
    for name in shared:
        want, tally = theirs[name], ours.fields[name].tally
        if "micro_f1" in want:
            got = (tally.precision, tally.recall, tally.f1, ours.fields[name].macro_f1)
            expected = tuple(want[key] for key in ("micro_p", "micro_r", "micro_f1", "macro_f1"))
        else:
            got = (tally.recall, tally.precision, ours.fields[name].coverage, ours.fields[name].asked)
            expected = tuple(want[key] for key in ("accuracy", "precision", "answered", "asked"))
        assert got == pytest.approx(expected), name
