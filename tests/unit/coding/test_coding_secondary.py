"""Whom a breached provider took with it: each row is a passage, the victim, and the others harmed."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.secondary import read_secondary
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "victim", "others"),
    [
        (
            "Payrolla was breached. Its customers include Acme Foods, Larder and the Oak Hill Bank.",
            "Payrolla",
            ["Acme Foods", "Larder", "Oak Hill Bank"],
        ),
        (
            "Data of employees of the Oak Hill Bank, Larder and Acme Foods was taken from Payrolla.",
            "Payrolla",
            ["Oak Hill Bank", "Larder", "Acme Foods"],
        ),
        ("Employees of Acme Foods were told.", "Payrolla", []),
        ("Customers of Acme Foods and Larder were told.", "Acme Foods", []),
        (
            "Corbel, a business associate (BA) of the covered entity (CE), Oak Hill Clinic, lost a tape.",
            "Corbel",
            ["Oak Hill Clinic"],
        ),
        ("Its customers include many in France.", "Payrolla", []),
        ("", "Payrolla", []),
    ],
)
def test_those_listed_as_harmed_are_secondary_victims(text: str, victim: str, others: list[str]) -> None:
    found = list(read_secondary(Prepared(Document(report="rep-1", text=text)), victim))
    assert [reading.value for reading in found] == others
    assert all(reading.span.within(text) == reading.value for reading in found)
