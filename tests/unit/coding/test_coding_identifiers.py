import pytest

from incidex.coding.base import Prepared
from incidex.coding.identifiers import read_vulnerabilities
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
