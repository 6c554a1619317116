import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import check_value
from incidex.coding.base import Prepared
from incidex.coding.indicators import find_candidates, read_indicators
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
        (f"The sample {MD5}.bin was seen.", [f"hash:{MD5}"]),
        ("Pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 now.", ["wallet:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"]),
        ("It called hxxp[://]192[.]0[.]2[.]7:80/a).", ["url:http://192.0.2.7:80/a"]),
        ("C2: 2001:db8::5:7", ["ip:2001:db8::5:7"]),
        ("Write to joe[.]doe[at]bad[.]example", ["e-mail:joe.doe@bad.example"]),
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
        "Pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 now.",
        "C2 uses std::vector at 12:34:56.",
    ],
)
def test_ordinary_prose_holds_no_indicators(text: str) -> None:
    assert indicators(text) == []


def test_candidates_are_all_that_has_the_form() -> None:
    text = "See http://a.com/x (or https://b.org/y), mail c@d.net; 192.0.2.1, e.info and F" + MD5[1:].upper()
    assert [(each.kind, each.value) for each in find_candidates(text)] == [
        ("url", "http://a.com/x"),
        ("url", "https://b.org/y"),
        ("e-mail", "c@d.net"),
        ("ip", "192.0.2.1"),
        ("domain", "e.info"),
        ("hash", "f" + MD5[1:]),
    ]


@given(st.text(alphabet="ab19.:/@[]()hxtp- \n", max_size=80))
def test_candidates_are_in_order_and_never_overlap(text: str) -> None:
    at = 0
    for each in find_candidates(text):
        assert at <= each.start < each.end <= len(text)
        assert check_value("indicator", f"{each.kind}:{each.value}")
        at = each.end


@pytest.mark.parametrize(
    "text",
    [
        "[.]" * 50_000,
        "1." * 80_000,
        "a:" * 80_000,
        "a@" * 50_000,
        "a." * 50_000,
        "hxxp://" * 10_000,
        "f" * 100_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    assert indicators(text) == []
