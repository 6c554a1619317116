import json
from typing import Any

from incidex.evaluate import CodedLine, compare, parse_coded, parse_gold


def coded(report: str, *claims: dict[str, Any]) -> CodedLine:
    line = {"id": report, "incidents": [{"claims": list(claims)}]}
    (read,) = parse_coded([json.dumps(line).encode()], name="coded")
    return read


def claim(field: str, value: str, speaker: str = "Acme", **more: Any) -> dict[str, Any]:
    return {
        "field": field,
        "value": value,
        "speaker": {"name": speaker, "role": "victim"},
        "coder": "probe@1",
        "evidence": {"start": 0, "end": 4, "quote": "Acme"},
        **more,
    }


OLD = coded("r1", claim("action", "hacking"), claim("action", "error"), claim("impact", "integrity"))
NEW = coded(
    "r1", claim("action", "hacking"), claim("action", "misuse"), claim("impact", "integrity", "Zenith")
)


def test_what_was_gained_lost_kept_and_given_to_another() -> None:
    found = compare([OLD], [NEW])
    assert [each.value for each in found.gained] == ["misuse"]
    assert [each.value for each in found.lost] == ["error"]
    assert [(each.before, each.speaker) for each in found.changed] == [("Acme (victim)", "Zenith (victim)")]
    assert found.kept == 2
    assert found.gained[0].quote == "Acme"
    assert not found.is_same


def test_nothing_differs_from_itself() -> None:
    assert compare([OLD, NEW], [OLD, NEW]).is_same


def test_turned_round_gained_is_lost() -> None:
    there, back = compare([OLD], [NEW]), compare([NEW], [OLD])
    assert (there.gained, there.lost) == (back.lost, back.gained)


def test_another_stance_is_another_reading() -> None:
    denied = coded("r1", claim("action", "hacking", stance="denies"))
    found = compare([coded("r1", claim("action", "hacking"))], [denied])
    assert [each.stance for each in (*found.lost, *found.gained)] == ["asserts", "denies"]


def test_gold_says_which_are_right_where_it_speaks_of_the_field() -> None:
    gold = b'{"id": "r1", "text": "x", "gold": {"action": ["misuse"]}}'
    rows = list(parse_gold([gold], name="gold"))
    found = compare([OLD], [coded("r1", claim("action", "misuse"), claim("impact", "integrity"))], rows)
    assert [each.is_right for each in found.gained] == [True]
    assert [each.is_right for each in found.lost] == [False, False]
    assert [each.is_right for each in compare([], [OLD], rows).gained] == []


def test_reports_that_stand_in_one_file_only_are_named() -> None:
    found = compare([OLD], [coded("r2")])
    assert (found.only_old, found.only_new, found.reports) == (("r1",), ("r2",), 0)
    assert not found.is_same
