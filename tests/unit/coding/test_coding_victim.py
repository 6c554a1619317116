"""The victim: each row is a passage and the organisation that it happened to, or nobody."""

import random

import pytest

from incidex.coding import Prepared
from incidex.coding.victim import load_weights, read_victims, weigh_features
from incidex.model import Document, Report, Role, Source

VICTIMS = [
    ("In May 2020, the recipe site Larder suffered a data breach that exposed 5,000 users.", "Larder"),
    ("In May 2020, the recipe site larder.io suffered a data breach that exposed users.", "larder.io"),
    ("The covered entity (CE), Oak Hill Hospital, reported that a laptop was stolen.", "Oak Hill Hospital"),
    ("Oak Hill Hospital, the covered entity (CE), reported that a laptop was stolen.", "Oak Hill Hospital"),
    ("Oak Hill (OH), the covered entity (CE), reported a phishing attack.", "Oak Hill"),
    ("Name of covered entity:    Oak Hill Hospital\nState:    Texas", "Oak Hill Hospital"),
    ("Acme Foods, Inc. confirmed a ransomware attack. Acme Foods shut its plants.", "Acme Foods"),
    ("Acme Foods has confirmed a breach of its servers.", "Acme Foods"),
    ("A cyberattack on Acme Foods stopped deliveries. Acme said that it was working on it.", "Acme Foods"),
    ("Criminals who broke into Acme Foods took data. Acme Foods’s customers were told.", "Acme Foods"),
    ("Hackers stole data from Acme Foods. The attack on Acme Foods came in May.", "Acme Foods"),
    ("LockBit said that it attacked Acme Foods. The breach at Acme Foods began in May.", "Acme Foods"),
    ("The FBI confirmed an attack on Acme Foods, and Acme Foods reported a breach.", "Acme Foods"),
    ("ACME FOODS CONFIRMS DATA BREACH AFTER HACKERS POST FILES", "Acme Foods"),
    ("Acme Foods @AcmeFoods: a cyber incident is affecting our tills. More soon.", "Acme Foods"),
    ("Dear customer, hackers stole data from us at Acme Foods. Jo Smith, Director, Acme Foods", "Acme Foods"),
    ("The hackers has attack the Acme Hospital and all systems is down, told the police.", "Acme Hospital"),
    ("Wendy's in the Philippines suffered a data breach, said Wendy's.", "Wendy's"),
    (
        "The IRS said that thieves stole the tax data of 100,000 people from the IRS.",
        "Internal Revenue Service",
    ),
    ("Reuters reported a breach at Acme Foods. FireEye and the FBI are investigating.", "Acme Foods"),
    ("Jane Roe, 34, of Boise, a nurse at Oak Hill Hospital, stole patients' data.", "Oak Hill Hospital"),
    ("APT28 attacked the Ministry of Finance with X-Agent.", "Ministry of Finance"),
    ("Many firms in France suffered an attack last year.", None),
    ("Choose a strong password, and back up your files every day.", None),
    ("In a survey, 40% of small firms said that they had no plan for a breach.", None),
    ("May suffered a data breach.", None),
    ("", None),
]


def _read(text: str, source: Source | None = None) -> set[str]:
    report = Report(sha256="0" * 64, source=source) if source else None
    return {
        reading.value for reading in read_victims(Prepared(Document(report="rep-1", text=text), "", report))
    }


@pytest.mark.parametrize(("text", "victim"), VICTIMS)
def test_the_victim_is_who_it_happened_to(text: str, victim: str | None) -> None:
    assert _read(text) == ({victim} if victim else set())


def test_a_victim_that_publishes_is_named_by_its_own_statement() -> None:
    source = Source(name="Acme Foods (statement, retold)", role=Role.VICTIM)
    assert _read("ACME FOODS\nWe have switched our systems off.", source) == {"Acme Foods"}


def test_a_newspaper_is_not_the_victim_of_what_it_reports() -> None:
    source = Source(name="The Daily Acme", role=Role.PRESS)
    assert "Daily Acme" not in _read("Daily Acme confirmed a breach. Daily Acme suffered an attack.", source)


def test_the_words_at_the_span_are_the_name() -> None:
    text = "Acme Foods has confirmed a breach of its servers, and Acme Foods’s customers were told."
    readings = list(read_victims(Prepared(Document(report="rep-1", text=text))))
    assert readings
    assert all(reading.span.within(text) == "Acme Foods" for reading in readings)


@pytest.mark.timeout(20)
def test_capitals_without_end_are_read_in_linear_time() -> None:
    assert isinstance(_read("Acme Of The " * 50_000), set)
    assert isinstance(_read("A" * 200_000 + " suffered a breach"), set)


def test_a_victim_named_by_its_domain_has_that_domain() -> None:
    text = "In May 2020, the recipe site larder.io suffered a data breach that exposed users."
    readings = list(read_victims(Prepared(Document(report="rep-1", text=text))))
    assert ("victim.domain", "larder.io") in {(reading.field, reading.value) for reading in readings}


def test_a_name_weighs_the_same_in_whatever_order_its_features_come() -> None:
    features = list(load_weights())[:40]
    orders = [random.Random(seed).sample(features, len(features)) for seed in range(20)]
    assert len({weigh_features(order) for order in orders}) == 1
