"""Mistakes that a reader found by eye in ten records of each corpus, mended."""

from incidex.coding import code
from incidex.model import Claim, Document


def _read(text: str) -> list[Claim]:
    return [claim for coded in code(Document(report="rep-1", text=text)) for claim in coded.claims]


def test_who_is_named_after_a_short_form_in_brackets_speaks_by_the_name() -> None:
    said = _read(
        "The covered entity (CE), Elm Street Clinic, reported that a laptop with records of 1,200 patients "
        "was stolen from a car."
    )
    assert {claim.speaker.name for claim in said if claim.field == "data.records"} == {"Elm Street Clinic"}


def test_a_tactic_is_no_actor() -> None:
    text = "Acme Foods was hacked by TA505. Tactics: TA0001 Initial Access, TA0011 Command and Control."
    assert {claim.value for claim in _read(text) if claim.field == "actor.name"} == {"TA505"}


def test_a_network_is_not_its_first_address() -> None:
    text = "Acme Foods was hacked from 185.140.53[.]0/24 and from 10.1.2[.]3."
    assert {claim.value for claim in _read(text) if claim.field == "indicator"} == {"ip:10.1.2.3"}


def test_licences_of_several_drivers_are_data() -> None:
    text = "Hackers broke into Acme Foods and took names and drivers’ license numbers of 500 customers."
    assert "Driver's licenses" in {claim.value for claim in _read(text) if claim.field == "data.class"}


def test_a_dateline_is_no_part_of_who_speaks() -> None:
    said = _read(
        "NAIROBI - Baraka Trust Bank told the regulator on Monday that hackers had copied statements of "
        "48,000 customers."
    )
    assert {claim.speaker.name for claim in said if claim.field == "data.records"} == {"Baraka Trust Bank"}
