"""Every field of the codebook is read from text by some coder, or is no coder's to read."""

import pytest

from incidex.codebook import fields
from incidex.coding import code
from incidex.model import Document

#: Fields that are written, not read: what a report says is in its own words and in the claims. A title
#: stands in for them where nobody has written one.
WRITTEN = frozenset({"title", "summary", "description"})

BREACH = (
    "Hackers broke into the servers of Zenith Bank, a Dutch bank in Utrecht, and stole data of customers. "
)

#: A report in which the field is asserted, and the value.
READ = {
    "security_incident": (BREACH + "The bank confirmed the breach.", "Confirmed"),
    "date.occurred": (BREACH + "The breach happened on 12 March 2021.", "2021-03-12"),
    "date.ended": (BREACH + "The intruders had access from 2 March 2021 until 12 March 2021.", "2021-03-12"),
    "date.discovered": (BREACH + "The bank discovered the breach on 14 March 2021.", "2021-03-14"),
    "date.disclosed": (BREACH + "The bank disclosed the breach on 20 March 2021.", "2021-03-20"),
    "location.country": ("A laptop of Zenith Bank was stolen from an office in Belgium in May 2021.", "BE"),
    "identifier": (BREACH + "The incident is recorded as VCDB 0001AA7F-C601-424A-B2B8-BE6C9F5164E7.", None),
    "victim.name": (BREACH, "Zenith Bank"),
    "victim.domain": (
        "In May 2021 the forum zenith-chat.com was hacked and 5,000 accounts were leaked.",
        None,
    ),
    "victim.country": (BREACH, "NL"),
    "victim.region": ("An Oregon clinic, Zenith Health, was hacked and patient records were stolen.", None),
    "victim.industry": (BREACH, None),
    "victim.size": (BREACH + "Zenith Bank employs 340 people.", "101 to 1000"),
    "victim.secondary": (BREACH + "Zenith Bank's customers include Acme Foods and Larder.", None),
    "actor.role": (BREACH, "external"),
    "actor.variety": (BREACH + "A ransomware gang claimed the attack.", "Organized crime"),
    "actor.name": (BREACH + "The group APT28 is behind the attack.", "APT28"),
    "actor.country": (BREACH + "Russian hackers were behind the attack.", "RU"),
    "actor.motive": (BREACH + "The gang demanded a ransom of $2 million.", "Financial"),
    "action": (BREACH, "hacking"),
    "action.variety": (BREACH + "They used stolen credentials.", "Use of stolen creds"),
    "action.vector": (BREACH + "The attack began with a phishing email.", None),
    "technique": (BREACH + "They used spear-phishing attachments (T1566.001).", "T1566.001"),
    "malware": (BREACH + "They installed the TrickBot malware.", "TrickBot"),
    "tool": (BREACH + "The attackers ran Mimikatz.", "Mimikatz"),
    "vulnerability": (BREACH + "They exploited CVE-2021-26855.", "CVE-2021-26855"),
    "impact": (BREACH, "confidentiality"),
    "data.variety": (BREACH + "Medical records were stolen.", "Medical"),
    "data.class": (BREACH + "Email addresses and passwords were stolen.", "Passwords"),
    "data.records": (BREACH + "The records of 12,000 customers were stolen.", "12000"),
    "data.subject": (BREACH, "Customer"),
    "asset.variety": (BREACH, None),
    "outage.duration": (BREACH + "Its website was down for three days.", "P3D"),
    "ransom.demanded": (BREACH + "The hackers demanded a ransom of $2 million.", "USD 2000000"),
    "ransom.paid": (BREACH + "The bank paid the hackers a ransom of $1 million.", "USD 1000000"),
    "loss.amount": (BREACH + "The attack cost the bank $5 million.", "USD 5000000"),
    "discovery.method": (BREACH + "The breach was discovered by a security researcher.", None),
    "response": (BREACH + "The bank has notified the customers and the police.", None),
    "indicator": (BREACH + "The malware called 198.51.100[.]7.", None),
}


def test_no_field_is_forgotten() -> None:
    assert READ.keys() | WRITTEN == set(fields())


@pytest.mark.parametrize("field", sorted(READ))
def test_a_field_is_read_with_its_quotation(field: str) -> None:
    text, value = READ[field]
    claims = [claim for coded in code(Document(report="r", text=text)) for claim in coded.claims]
    read = [claim for claim in claims if claim.field == field]
    assert read
    assert value is None or value in {claim.value for claim in read}
    assert all(claim.evidence and claim.evidence.quote in text for claim in read)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "A laptop with plans for the games in Brazil was stolen from Zenith Bank.", id="not-of-a-thing"
        ),
        pytest.param("The Oregon clinic Zenith Health lost a laptop.", id="whose-it-was"),
        pytest.param("The attackers, based in Russia, encrypted servers of Zenith Bank.", id="the-attackers"),
    ],
)
def test_a_place_that_is_not_where_it_happened_is_no_location(text: str) -> None:
    claims = [claim for coded in code(Document(report="r", text=text)) for claim in coded.claims]
    assert "location.country" not in {claim.field for claim in claims}
