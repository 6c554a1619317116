import pytest

from incidex.coding.base import Prepared
from incidex.coding.indicators import read_indicators
from incidex.model import Document

MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def indicators(text: str) -> list[str]:
    return [each.value for each in read_indicators(Prepared(Document(report="rep-1", text=text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It called hxxp://a[.]example/in.php.", ["url:http://a.example/in.php"]),
        ("It called bad(.)example and 192.0.2[.]1", ["domain:bad.example", "ip:192.0.2.1"]),
        ("Mail went to pay[at]bad.example", ["e-mail:pay@bad.example"]),
        (f"The file is {MD5}.", [f"hash:{MD5}"]),
        ("Indicators of compromise:\n 192.0.2.7\n evil.example", ["ip:192.0.2.7", "domain:evil.example"]),
    ],
)
def test_defanged_or_announced_indicators_are_read_and_made_whole(text: str, expected: list[str]) -> None:
    assert indicators(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Have I Been Pwned.com says so.",
        "Node.js and README.md are files.",
        "Write to press@publisher.com.",
        "Indicators: see README.md",
        "Indicators: update to 2.5.10.1 or later.",
        "Our site is https://www.example.com/news",
        "192.0.2.1",
    ],
)
def test_ordinary_prose_holds_no_indicators(text: str) -> None:
    assert indicators(text) == []


@pytest.mark.parametrize("text", ["a@" * 50_000, "a." * 50_000, "hxxp://" * 10_000, "f" * 100_000])
def test_hostile_text_ends(text: str) -> None:
    assert indicators(text) == []
