"""Where the victim and the actor are: each row is a passage and the countries that it ties to them."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.places import read_places
from incidex.coding.table import LEAST
from incidex.model import Document, Span


def _read(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for reading in read_places(Prepared(Document(report="rep-1", text=text))):
        if reading.confidence >= LEAST:
            found.setdefault(reading.field, set()).add(reading.value)
    return found


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Maersk, the Danish shipping group, was hit.", "DK"),
        ("It is a UK-based firm.", "GB"),
        ("The firm is based in Cork, Ireland.", "IE"),
        ("Medibank, the Australian health insurer, was hit.", "AU"),
        ("A clinic in Nashville, Tennessee, was hit.", "US"),
        ("An Oregon clinic lost a laptop.", "US"),
        ("The clinic in Yuma, AZ, lost a laptop.", "US"),
        ("The stolen files held Social Security numbers.", "US"),
        ("The breach was reported to the ICO by the NHS trust.", "GB"),
        ("The Office of the Australian Information Commissioner (OAIC) was told.", "AU"),
        ("The site larder.co.nz was hacked.", "NZ"),
        ("The firm was hacked, said a source who is to be called helper@night.ru.", None),
        ("The firm was hacked. The data came from night.ru, a search engine.", None),
        ("The Attorney General of Maryland was told of the breach.", "US"),
        ("A carrier in Tromsø lost a van with 300 files.", "NO"),
        ("A teller took 160 million naira from an account.", "NG"),
        ("A dentist in Modesto, Calif., lost a laptop.", "US"),
        ("The Information Commissioner of Slovenia fined a clinic.", "SI"),
        ("A Vietnamese-language paper in Berlin was hacked.", "DE"),
        ("BANK OF OTTAWA SAYS DATA OF 300 CUSTOMERS IN OTTAWA STOLEN", None),
        ("A former nurse at a hospital in Toronto looked at records.", "CA"),
        ("Police in Dublin said that the hospital had lost the files.", "IE"),
        ("He lost his phone in the turkey shop.", None),
        ("Attackers encrypted the servers. The firm paid $4.4 million.", None),
        ("Ciphr, a maker of encrypted phones, denies that its servers were breached.", None),
        ("THEY TOLD US THAT DATA WAS STOLEN FROM US AND THAT WE MUST PAY", None),
        ("", None),
    ],
)
def test_a_country_is_given_only_where_the_words_say_so(text: str, country: str | None) -> None:
    assert _read(text).get("victim.country") == ({country} if country else None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Russian hackers did it.", "RU"),
        ("A China-based group did it.", "CN"),
        ("Hackers from Iran did it.", "IR"),
        ("The hackers work for the Vietnamese state.", "VN"),
        ("Attackers working from an office in Gurugram did it.", "IN"),
        ("He flew to France for lunch.", None),
    ],
)
def test_whose_hackers_they_are_is_said_of_the_actor_alone(text: str, country: str | None) -> None:
    found = _read(text)
    assert found.get("actor.country") == ({country} if country else None)
    assert not country or "victim.country" not in found


def test_the_actors_country_is_not_taken_for_the_victims() -> None:
    found = _read("North Korean hackers stole $30 million from an exchange in Seoul, South Korea.")
    assert found["victim.country"] == {"KR"}
    assert found["actor.country"] == {"KP"}


def test_the_state_of_the_victim_is_its_region() -> None:
    assert _read("A clinic in Austin, Texas, was robbed.")["victim.region"] == {"US-TX"}


def test_the_quotation_is_the_place_and_the_reason_names_the_rule() -> None:
    text = "An Oregon clinic lost a laptop."
    reading = next(iter(read_places(Prepared(Document(report="rep-1", text=text)))))
    assert reading.span == Span(3, 9)
    assert reading.why == "a state said of an organisation or people"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["Texas, " * 140_000, ", TX" * 250_000, "hackers " * 99_000, "a.uk" * 250_000]
)
def test_hostile_places_are_read_in_linear_time(text: str) -> None:
    assert isinstance(_read(text), dict)
