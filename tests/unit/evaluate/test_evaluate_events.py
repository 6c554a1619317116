"""Events that never happened: whole sentences, answers in the codebook's words, the same in every run."""

from itertools import islice

from incidex.codebook import check_value
from incidex.evaluate.events import WHOLE, make_events


def test_the_same_events_are_made_in_every_run() -> None:
    assert list(make_events(40)) == list(make_events(40))
    assert list(islice(make_events(40), 10)) == list(make_events(10))


def test_events_are_told_in_sentences_and_answered_in_the_codebooks_words() -> None:
    for event in make_events(600):
        assert event.text[0].isupper() or event.text[0].isdigit(), event.text
        assert event.text.endswith(".")
        assert not {"{", "}", "|", "  "} & {*event.text, event.text[:2]}
        assert event.answers.keys() <= set(WHOLE)
        for field, values in event.answers.items():
            assert {check_value(field, value) for value in values} == values


def test_every_kind_of_actor_and_motive_is_among_them() -> None:
    events = list(make_events(600))
    said = {value for event in events for values in event.answers.values() for value in values}
    assert {"State-affiliated", "Activist", "Organized crime", "Former employee", "Unaffiliated"} <= said
    assert {"Espionage", "Financial", "Ideology", "Grudge", "Fun"} <= said
    assert {"hacking", "malware", "social", "misuse", "error", "physical"} <= said


def test_what_is_left_open_is_not_answered() -> None:
    open_fields = [field for event in make_events(300) for field in set(WHOLE) - event.answers.keys()]
    assert {"actor.motive", "actor.variety", "action"} <= set(open_fields)
