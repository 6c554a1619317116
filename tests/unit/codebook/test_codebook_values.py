"""One spelling a value: what each field takes, what it makes of it, and what it says to the rest."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import check_value, fields, get_vocabulary
from incidex.model import CodebookError

TAKEN = [
    ("title", "  Cyber Incident Victim: Ciphr ", "Cyber Incident Victim: Ciphr"),
    ("description", "One.\r\n\r\nTwo.\x00", "One.\n\nTwo."),
    ("victim.name", "Yahoo!\n Inc.", "Yahoo! Inc."),
    ("victim.name", "Cip\x00hr\x1b Ltd", "Cip hr Ltd"),
    ("actor.name", "SkySecure", "SkySecure"),
    ("action", "Hacking", "hacking"),
    ("impact", "CONFIDENTIALITY", "confidentiality"),
    ("actor.motive", "financial", "Financial"),
    ("action.variety", "sql injection", "SQLi"),
    ("data.class", "email addresses", "Email addresses"),
    ("data.class", "SSNs", "Social security numbers"),
    ("data.records", "1,200", "1200"),
    ("data.records", "1 400 000", "1400000"),
    ("data.records", "007", "7"),
    ("data.records", "0", "0"),
    ("victim.country", "us", "US"),
    ("victim.country", "GBR", "GB"),
    ("victim.country", "South Korea", "KR"),
    ("victim.region", "texas", "US-TX"),
    ("victim.region", "de-by", "DE-BY"),
    ("victim.region", "Al-Bab", "Al-Bab"),
    ("victim.region", "Nova  Scotia", "Nova Scotia"),
    ("victim.industry", "62", "62"),
    ("victim.industry", "515112", "515112"),  # of NAICS 2012, gone in 2022
    ("victim.domain", "WWW.Example.COM.", "www.example.com"),
    ("victim.domain", "bücher.example", "bücher.example"),
    ("vulnerability", "cve-2021-44228", "CVE-2021-44228"),
    ("technique", "t1566.001", "T1566.001"),
    ("identifier", "VCDB:0001aa7f-c601-424a-b2b8-be6c9f5164e7", "vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7"),
    ("identifier", "0000950170-23-011111", "sec:0000950170-23-011111"),
    ("identifier", "c0025", "attack:C0025"),
    ("identifier", "cve-2023-34362", "cve:CVE-2023-34362"),
    ("identifier", "https://Example.org/Case?id=7", "url:https://example.org/Case?id=7"),
    ("identifier", "eurepoc:1234", "eurepoc:1234"),
    ("date.occurred", "2017-04", "2017-04"),
    ("ransom.demanded", "usd 4,400,000", "USD 4400000"),
    ("ransom.demanded", "75 bitcoins", "BTC 75"),
    ("ransom.paid", "EUR 1234.50", "EUR 1234.5"),
    ("ransom.paid", "USD 0", "USD 0"),
    ("outage.duration", "3 days", "P3D"),
    ("outage.duration", "72 Hours", "PT72H"),
    ("outage.duration", "p1dt12h", "P1DT12H"),
    ("discovery.method", "law enforcement", "External - Law enforcement"),
    ("response", "Credit monitoring", "credit monitoring"),
    ("indicator", "192.0.2.1", "ip:192.0.2.1"),
    ("indicator", "IPv6:2001:DB8::0:1", "ip:2001:db8::1"),
    ("indicator", "198.51.100.7/24", "ip:198.51.100.0/24"),
    ("indicator", "HTTP://User:Pw@Evil.Example/Path?Q", "url:http://User:Pw@evil.example/Path?Q"),
    ("indicator", "d41d8cd98f00b204e9800998ecf8427E", "hash:d41d8cd98f00b204e9800998ecf8427e"),
    ("indicator", "Bad.Guy@Evil.Example", "e-mail:Bad.Guy@evil.example"),
    ("indicator", "evil.example", "domain:evil.example"),
    ("indicator", "wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
]

REFUSED = [
    ("title", "   ", "silent"),
    ("title", "\x00", "words"),
    ("victim.name", "x" * 3_000, "at most"),
    ("action", "hackin", "malware, hacking, social"),
    ("asset.variety", "S - Databse", "did you mean 'S - Database'"),
    ("technique", "phishing", r"T1566 \(Phishing\), T1660 \(Phishing\)"),
    ("technique", "T9999", "did you mean|918"),
    ("discovery.method", "Fraud detection", "External - Fraud detection"),
    ("data.records", "many", "whole number"),
    ("data.records", "-5", "whole number"),
    ("data.records", "1.200", "whole number"),
    ("data.records", "12,00", "whole number"),
    ("data.records", "٣٤", "whole number"),
    ("victim.country", "Atlantis", "cannot be"),
    ("victim.country", "Unknown", "cannot be"),
    ("victim.industry", "99", "no NAICS sector"),
    ("victim.industry", "1234567", "cannot be"),
    ("victim.domain", "https://example.com", "host name"),
    ("victim.domain", "localhost", "host name"),
    ("victim.domain", "192.0.2.1", "address"),
    ("victim.domain", "-a.example", "host name"),
    ("vulnerability", "CVE-21-44228", "CVE number"),
    ("identifier", "1234", "vcdb:"),
    ("identifier", "vcdb:1234", "not what vcdb"),
    ("identifier", "javascript:alert(1) x", "vcdb:"),
    ("identifier", "url:javascript:alert(1)", "not what url"),
    ("ransom.paid", "4400000", "currency code"),
    ("ransom.paid", "$4.4 million", "currency code"),
    ("ransom.paid", "QQQ 12", "cannot be"),
    ("date.occurred", "April 2017", "is not a date"),
    ("outage.duration", "P", "a duration"),
    ("outage.duration", "PT", "a duration"),
    ("outage.duration", "a while", "a duration"),
    ("indicator", "ip:999.1.1.1", "not an IP"),
    ("indicator", "fe80::1%eth0", "type and a value"),
    ("indicator", "hash:abc", "not an MD5"),
    ("indicator", "hello", "type and a value"),
]


@pytest.mark.parametrize(("field", "value", "canonical"), TAKEN)
def test_takes_a_value_and_gives_its_one_spelling(field: str, value: str, canonical: str) -> None:
    assert check_value(field, value) == canonical
    assert check_value(field, canonical) == canonical


@pytest.mark.parametrize(("field", "value", "why"), REFUSED)
def test_refuses_a_value_and_says_what_is_allowed(field: str, value: str, why: str) -> None:
    with pytest.raises(CodebookError, match=why) as caught:
        check_value(field, value)
    assert field in str(caught.value)
    assert len(str(caught.value)) < 600


def test_refuses_a_field_that_there_is_not() -> None:
    with pytest.raises(CodebookError, match=r"did you mean 'actor\.name'"):
        check_value("actor.nam", "x")


def test_covers_every_field_with_a_value_that_it_takes() -> None:
    kinds = {fields()[field].kind for field, _, _ in TAKEN}
    assert kinds == {field.kind for field in fields().values()}


NAMES = st.sampled_from(list(fields()))
WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from([value for _, value, _ in TAKEN]),
    st.from_regex(r"[A-Za-z]{0,4}[ :/-]?[0-9]{1,6}[.,:/-]?[0-9X]{0,4}[ ~?]?[A-Za-z]{0,5}", fullmatch=True),
)


@given(NAMES, WORDS)
def test_changes_nothing_the_second_time_and_raises_nothing_but_its_own_error(field: str, value: str) -> None:
    try:
        once = check_value(field, value)
    except CodebookError:
        return
    assert check_value(field, once) == once


@given(st.integers(min_value=0, max_value=10**15))
def test_takes_a_count_with_and_without_commas(number: int) -> None:
    assert (
        check_value("data.records", f"{number:,}") == check_value("data.records", str(number)) == str(number)
    )


@pytest.mark.parametrize(
    "name",
    sorted(
        {field.vocabulary for field in fields().values() if field.kind == "vocabulary" and field.vocabulary}
    ),
)
def test_takes_every_id_of_a_vocabulary_in_any_case(name: str) -> None:
    field = next(each.name for each in fields().values() if each.vocabulary == name)
    for number in get_vocabulary(name):
        assert check_value(field, number.upper()) == check_value(field, number.lower()) == number


@pytest.mark.parametrize(
    "hostile", ["1," * 1_000, "9" * 2_000, "a-" * 1_000, "a." * 1_000, "P" + "1Y" * 900, "[" * 2_000]
)
def test_answers_hostile_values_at_once(hostile: str) -> None:
    started = time.perf_counter()
    for field in fields():
        said = _refusal(field, hostile)
        assert len(said) < 600
    assert time.perf_counter() - started < 5


def _refusal(field: str, value: str) -> str:
    try:
        check_value(field, value)
    except CodebookError as wrong:
        return str(wrong)
    return ""
