"""Techniques by id, by name, and by what a technical report describes."""

import time

import pytest

from incidex.coding.base import Prepared, Reading
from incidex.coding.techniques import grams, read_techniques
from incidex.model import Document

REPORT = (
    "The loader is a DLL that the attackers started with rundll32.exe and a scheduled task for persistence. "
    "Its payload is base64-encoded and obfuscated with XOR. The shellcode is then injected into the process "
    "svchost.exe. The backdoor sends the stolen files over HTTP to its C2 server, and a PowerShell script "
    "dumps credentials from the memory of LSASS with Mimikatz."
)


def readings(text: str) -> list[Reading]:
    return list(read_techniques(Prepared(Document(report="rep-1", text=text))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("They used T1190 and T1505.003.", ["T1190", "T1505.003"], id="ids"),
        pytest.param("They used T1574.002.", ["T1574.001"], id="an-id-that-moved"),
        pytest.param("The part T9999 broke.", [], id="no-such-id"),
        pytest.param("It was credential stuffing.", ["T1110.004"], id="a-name"),
        pytest.param("T1056 | Keylogging, Process Injection", ["T1056", "T1055"], id="a-table-of-names"),
        pytest.param("An employee's email account was accessed.", [], id="a-name-that-means-too-much"),
        pytest.param("The letter named social engineering as a risk.", [], id="another"),
    ],
)
def test_techniques_by_id_and_name(text: str, expected: list[str]) -> None:
    assert [each.value for each in readings(text)] == expected


def test_a_technical_report_is_read_for_what_it_describes() -> None:
    found = {each.value: each for each in readings(REPORT) if each.why.startswith("described")}
    assert {"T1027", "T1003.001"} <= set(found)
    assert "LSASS" in REPORT[found["T1003.001"].span.start : found["T1003.001"].span.end]
    assert all(0 < each.confidence < 1 for each in found.values())


def test_everyday_reports_describe_no_technique() -> None:
    assert (
        readings("Thieves stole documents with data of customers, and information was sent to others.") == []
    )


def test_words_and_pairs_are_counted_once_with_their_places() -> None:
    found = list(grams("Dumps LSASS, dumps LSASS"))
    assert [term for term, _, _ in found] == ["dumps", "lsass", "dumps lsass", "lsass dumps"]
    assert found[1][1:] == (6, 11)


@pytest.mark.parametrize("unit", ["dll ", "a", "T1", "payload. ", "base64-"])
def test_hostile_text_ends(unit: str) -> None:
    text = "dll payload macro c2 script beacon registry " + unit * (300_000 // len(unit))
    started = time.process_time()
    readings(text)
    assert time.process_time() - started < 20
