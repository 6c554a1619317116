import pytest

from incidex.codebook import check_value
from incidex.coding.base import Prepared
from incidex.coding.identifiers import read_identifiers, read_vulnerabilities
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They used cve-2017-5638 first.", ["CVE-2017-5638"]),
        ("They used CVE-2017-56 first.", []),
        ("XCVE-2017-5638", []),
    ],
)
def test_cve_numbers_are_read_in_their_form(text: str, expected: list[str]) -> None:
    prepared = Prepared(Document(report="rep-1", text=text))
    assert [each.value for each in read_vulnerabilities(prepared)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Form 8-K, accession number 0000950170-23-011111.", ["sec:0000950170-23-011111"]),
        (
            "It is 0001AA7F-C601-424A-B2B8-BE6C9F5164E7 in VCDB.",
            ["vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7"],
        ),
        ("The file 0001AA7F-C601-424A-B2B8-BE6C9F5164E7 was dropped.", []),
        ("ATT&CK lists it as campaign C0024.", ["attack:C0024"]),
        ("Seat C0024 was free.", []),
        ("It was part of Operation Honeybee, the researchers said.", ["attack:C0006"]),
        ("Call 0123456789-23-0111112.", []),
    ],
)
def test_what_an_incident_is_called_elsewhere_is_read(text: str, expected: list[str]) -> None:
    prepared = Prepared(Document(report="rep-1", text=text))
    found = list(read_identifiers(prepared))
    assert [check_value("identifier", each.value) for each in found] == expected
    assert all(each.span.within(text) in each.value or "campaign" in each.why for each in found)
