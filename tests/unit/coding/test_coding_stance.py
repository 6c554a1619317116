"""Asserted, denied, doubted or not claimed at all: each row is a passage and the words asked about."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.passages import read_passages
from incidex.coding.stance import Clauses, read_stance
from incidex.model import Document, Report, Role, Source, Span, Stance
from incidex.text import sentences

ASSERTS, DENIES, DOUBTS = Stance.ASSERTS, Stance.DENIES, Stance.DOUBTS

STANCES: list[tuple[str, str, Stance | None]] = [
    ("Passwords were taken.", "Passwords", ASSERTS),
    ("The list shows e-mail addresses and IMEI numbers.", "IMEI numbers", ASSERTS),
    ("Not only passwords but names were taken.", "passwords", ASSERTS),
    ("The firm no longer stores passwords, which were taken.", "passwords", ASSERTS),
    ("No ransom was paid, and names were stolen.", "names", ASSERTS),
    ("No card data was taken, but names were stolen.", "names", ASSERTS),
    ("Cards were not affected; names were stolen.", "names", ASSERTS),
    ("Names were stolen. Cards were not affected.", "Names", ASSERTS),
    ("It denied the attack, and names were found online.", "names", ASSERTS),
    ("While cards were not affected, names were stolen.", "names", ASSERTS),
    ("Names were stolen, although cards were not affected.", "Names", ASSERTS),
    ("Data was not encrypted and names were stolen.", "names", ASSERTS),
    ("No payment data was taken.", "payment data", DENIES),
    ("No usernames or passwords, dates of birth, addresses or bank details were taken.", "addresses", DENIES),
    ("No names or passwords, bank details or card numbers were in the reports.", "card numbers", DENIES),
    ("The breach did not include passwords.", "passwords", DENIES),
    ("The breach didn't include passwords.", "passwords", DENIES),
    ("Neither names nor passwords were taken.", "names", DENIES),
    ("Neither names nor passwords were taken.", "passwords", DENIES),
    ("Passwords were not affected.", "Passwords", DENIES),
    ("The content of messages is not affected.", "messages", DENIES),
    ("Ciphr's servers were not compromised.", "servers", DENIES),
    ("This was not a security breach.", "security breach", DENIES),
    ("The firm said that the event was not a breach.", "breach", DENIES),
    ("Zenith denied that it was behind the attack.", "attack", DENIES),
    ("Zenith denied stealing passwords.", "passwords", DENIES),
    ("Zenith rejects the claim that passwords were taken.", "passwords", DENIES),
    ("The bank refuted reports that passwords were taken.", "passwords", DENIES),
    ("Zenith dismissed the breach as fake news.", "breach", DENIES),
    ("A third company called the leak fake news.", "leak", DENIES),
    ("The accusation that Zenith is behind the leak is false.", "Zenith", DENIES),
    ("The company does not believe that passwords were obtained.", "passwords", DENIES),
    ("Passwords were never taken.", "Passwords", DENIES),
    ("The files were copied without passwords.", "passwords", DENIES),
    ("There is no evidence that passwords were taken.", "passwords", DOUBTS),
    ("We have found no sign that passwords were taken.", "passwords", DOUBTS),
    ("It is unclear whether passwords were taken.", "passwords", DOUBTS),
    ("The firm is investigating whether passwords were taken.", "passwords", DOUBTS),
    ("We could not verify that passwords were taken.", "passwords", DOUBTS),
    ("The unverified list holds passwords.", "passwords", DOUBTS),
    ("Passwords may have been taken.", "Passwords", DOUBTS),
    ("The thieves might have seen passwords.", "passwords", DOUBTS),
    ("Experts doubt that passwords were taken.", "passwords", DOUBTS),
    (
        (
            "We have looked at the site for a long time, with care and with patience, and we do not\n"
            "believe that the servers are compromised."
        ),
        "servers are compromised",
        DENIES,
    ),
    ("Nobody used the network with the laptop since it was stolen.", "laptop since it was stolen", ASSERTS),
    ("“Not one” password was taken.", "password", DENIES),
    ("The outage was caused by an update and not by a cyberattack.", "cyberattack", DENIES),
    ("It maintains that passwords weren't.", "passwords", DENIES),
    ("The data is by our knowledge not stolen.", "stolen", DENIES),
    ("We took no data.", "took no data", DENIES),
    ("Although it denied any breach, it has now conceded that passwords were taken.", "passwords", ASSERTS),
    ("There is nothing to suggest that passwords were taken.", "passwords", DOUBTS),
    ("The union fears that passwords were taken.", "passwords", DOUBTS),
    ("Passwords were seen by an unknown actor.", "Passwords", ASSERTS),
    ("The firm plans to replace all passwords.", "passwords", None),
    ("We will reset all passwords.", "passwords", None),
    ("What you can do: change your passwords.", "passwords", None),
    ("- Do not send passwords by e-mail.", "passwords", None),
    ("Were passwords taken?", "passwords", None),
    ("If it were so, passwords would be online by Friday.", "passwords", None),
    ("If your passwords were taken, call us.", "passwords", None),
    ("You should change your passwords.", "passwords", None),
    ("Please change your passwords.", "passwords", None),
    ("Stolen data could be used to guess passwords.", "passwords", None),
    ("The company would not say how many passwords were taken.", "passwords", None),
    ("It has not said how many passwords were taken.", "passwords", None),
    ("The firm declined to say whether passwords were taken.", "passwords", None),
]


@pytest.mark.parametrize(("text", "words", "stance"), STANCES)
def test_the_clause_decides_what_is_done_with_a_value(text: str, words: str, stance: Stance | None) -> None:
    at = text.index(words)
    span = Span(at, at + len(words))
    sentence = next(each for each in sentences(text) if each.start <= at < each.end)
    assert read_stance(text, sentence, span) is stance


@pytest.mark.timeout(20)
def test_a_text_without_a_stop_costs_no_more_than_its_clauses() -> None:
    text = "no names" + ", cards" * 100_000
    whole = Span(0, len(text))
    clauses = Clauses(text, whole)
    assert {clauses.weigh(Span(at, at + 5)).stance for at in range(10, 270, 7)} == {DENIES}
    assert {clauses.weigh(Span(at, at + 5)).stance for at in range(10_000, 80_000, 70)} == {ASSERTS}


ANSWERS: list[tuple[str, Stance | None]] = [
    (" Yes, all of them.", ASSERTS),
    (" No. They are kept apart.", DENIES),
    (" We do not know yet.", None),
    ("", None),
]


@pytest.mark.parametrize(("answer", "stance"), ANSWERS)
def test_a_question_is_what_its_answer_makes_of_it(answer: str, stance: Stance | None) -> None:
    text = f"Was my bank account affected?{answer}"
    question = Span(0, text.index("?") + 1)
    assert read_stance(text, question, Span(7, 19), text[question.end :]) is stance


NOTICES: list[tuple[str, Role, str, Stance]] = [
    ("Your passwords may have been accessed.", Role.VICTIM, "data.class", ASSERTS),
    ("Your passwords may have been accessed.", Role.PRESS, "data.class", ASSERTS),
    ("Your passwords may have been accessed.", Role.RESEARCHER, "data.class", DOUBTS),
    ("Your passwords may have been accessed.", Role.VICTIM, "actor.name", DOUBTS),
    ("Your passwords may have been accessed.", Role.VICTIM, "actor.role", ASSERTS),
    ("Logs with passwords may have been the work of an insider.", Role.VICTIM, "actor.role", DOUBTS),
    ("The theft of passwords may have been carried out by staff.", Role.VICTIM, "actor.role", DOUBTS),
    ("We could not rule out that passwords were taken.", Role.VICTIM, "data.class", ASSERTS),
    ("Passwords were potentially exposed.", Role.VICTIM, "data.class", ASSERTS),
    ("Experts say that passwords may have been accessed.", Role.VICTIM, "data.class", DOUBTS),
    ("The thieves might have seen passwords.", Role.PRESS, "data.class", DOUBTS),
    ("There is no evidence that passwords may have been accessed.", Role.VICTIM, "data.class", DOUBTS),
]


@pytest.mark.parametrize(("text", "role", "field", "stance"), NOTICES)
def test_a_notice_asserts_what_may_have_been_accessed(
    text: str, role: Role, field: str, stance: Stance
) -> None:
    report = Report(sha256="0" * 64, source=Source(name="Acme Foods", role=role))
    passages = read_passages(Prepared(Document(report=report.id, text=text), report=report), "")
    at = text.index("asswords") - 1
    assert passages.stance_at(Span(at, at + 9), field) is stance


@pytest.mark.parametrize(
    ("text", "words", "stance"),
    [
        ("A clerk without authorization read the medical records.", "medical records", Stance.ASSERTS),
        ("He was suspended without pay for looking at the records.", "records", Stance.ASSERTS),
        ("It mailed the list without blocking the names.", "names", Stance.ASSERTS),
        ("They left without the medical records.", "medical records", Stance.DENIES),
        ("There was no consent to release the records.", "records", Stance.ASSERTS),
        ("There were no records on the laptop.", "records", Stance.DENIES),
    ],
)
def test_what_was_missing_when_it_was_done_does_not_deny_the_deed(
    text: str, words: str, stance: Stance
) -> None:
    start = text.rindex(words)
    assert read_stance(text, Span(0, len(text)), Span(start, start + len(words))) is stance
