"""Whether a text tells of an incident: what speaks for it, what against, and that both can be shown."""

import pytest

from incidex.coding import Prepared, code
from incidex.coding.incidents import tells_of_incident, weigh_story
from incidex.model import Claim, Document, Evidence, Report, Role, Source, Span, Speaker, Stance

TELLING = [
    "Acme Foods said that hackers stole the names of 5,000 customers.",
    "An unencrypted laptop was stolen from an employee's car.",
    "A letter with the names of 12 patients was sent to the wrong address.",
    "ACME FOODS WAS HIT BY RANSOMWARE ON MONDAY. PLANTS ARE DOWN.",
    "acme foods got hacked lol, 5k passwords are on the forum",
]
OTHER = [
    "In a survey of 1,200 IT managers, 40% of respondents said they had been hit by ransomware.",
    "The vendor has fixed 12 vulnerabilities. The worst flaw lets attackers run code. Install the patch.",
    "Researchers found a flaw in the Lokko 2 lock. Attackers could open it. A firmware update is out.",
    "New phishing campaign: the lure is an invoice, and the loader fetches a payload. Samples follow.",
    "Five tips: how to make sure that your passwords are not stolen. Never share them. Beware of phishing.",
    "Lawmakers want firms to report data breaches. The bill would require a quick notice, senators said.",
    "Acme Vault launched today: the backup solution no ransomware can touch. See the webinar, the pricing.",
    "The novel tells how a hacker stole a bank's secrets. In the film, a laptop is stolen in each episode.",
]


@pytest.mark.parametrize("text", TELLING)
def test_something_befell_somebody(text: str) -> None:
    assert code(Document(report="rep-1", text=text))


@pytest.mark.parametrize("text", OTHER)
def test_talk_of_attacks_in_general_is_no_incident(text: str) -> None:
    assert code(Document(report="rep-1", text=text)) == ()


def _prepared(text: str, role: Role = Role.PRESS) -> Prepared:
    report = Report(sha256="0" * 64, source=Source(name="Somebody", role=role))
    return Prepared(Document(report=report.id, text=text), report=report)


def _claim(field: str, value: str, text: str, stance: Stance = Stance.ASSERTS, sure: float = 0.8) -> Claim:
    return Claim(
        report="rep-1",
        field=field,
        value=value,
        speaker=Speaker("Somebody"),
        stance=stance,
        confidence=sure,
        coder="probe@1",
        evidence=Evidence.of(text, Span(0, 4)),
    )


def test_every_part_of_the_score_has_a_name() -> None:
    text = "Acme was hacked. Names were stolen. The attackers used a flaw, and the patch was out."
    parts = weigh_story(
        _prepared(text),
        [_claim("victim.name", "Acme", text, sure=0.98), _claim("impact", "integrity", text)],
    )
    assert parts["victim"] == 1.0
    assert parts["model"] > 0 > parts["flaw"]
    assert "publisher" not in parts


def test_what_is_denied_counts_for_nothing() -> None:
    text = "Acme said no data was lost."
    assert "victim" not in weigh_story(_prepared(text), [_claim("victim.name", "Acme", text, Stance.DENIES)])


def test_an_actors_own_post_is_believed_to_be_about_an_incident() -> None:
    text = "Acme: vulnerability, patch, flaw, bug."
    claims = [_claim("asset.variety", "S - Web application", text)]
    assert weigh_story(_prepared(text, Role.ACTOR), claims)["publisher"] > 0
    assert not tells_of_incident(_prepared(text), claims)


def test_an_account_of_a_campaign_is_kept_without_a_victim() -> None:
    text = "Loader, payload, campaign, botnet, samples, hashes: the variant is dubbed X."
    claims = [_claim("technique", f"T100{number}", text) for number in range(6)]
    assert tells_of_incident(_prepared(text), claims)
    assert not tells_of_incident(_prepared(text), claims[:2])


def test_a_text_of_which_nothing_was_read_tells_of_nothing() -> None:
    assert not tells_of_incident(_prepared("Acme was hacked."), [])


def test_advice_and_markets_at_the_end_of_an_article_take_nothing_from_its_lead() -> None:
    news = "A burglar broke into the Oak Hill Clinic and stole a computer with the files of 12,000 patients."
    rest = (
        "A survey of 900 managers found that half would pay. Companies should patch flaws quickly. Lawmakers "
        "are debating a bill. The market for security is expected to grow, and investors launched funds. "
    )
    assert code(Document(report="r", text=f"{news} {news} {rest * 6}"))
    assert not code(Document(report="r", text=rest * 6))
