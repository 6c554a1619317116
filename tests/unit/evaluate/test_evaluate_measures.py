from incidex.evaluate import Measure, Tally, judge_silence, measure

SPOKEN = {
    "id": "s1",
    "text": "Acme Foods confirmed a breach. The company said that no passwords were taken.",
    "source": "The Morning Wire",
    "role": "press",
    "gold": {
        "passages": [
            {
                "field": "data.class",
                "value": "Passwords",
                "start": 56,
                "end": 65,
                "quote": "passwords",
                "stance": "denies",
                "speaker": "Acme Foods",
                "role": "victim",
            }
        ]
    },
}
NONE = {"id": "n1", "text": "Back up your files every day.", "gold": {"incidents": []}}
ONE = {
    "id": "i1",
    "text": "Acme Foods confirmed a breach. Hackers stole 5,000 customer records of Acme Foods.",
    "gold": {
        "incidents": [{"victim.name": ["Acme Foods"], "data.records": ["5000"]}],
        "background": [{"victim.name": ["Zenith"]}],
    },
}


def test_speakers_and_stances_are_shares_of_the_passages() -> None:
    assert measure([SPOKEN]) == {
        "speaker": Measure(1, 1),
        "stance": Measure(1, 1),
        "speaker and stance": Measure(1, 1),
    }


def test_silence_where_there_is_no_incident() -> None:
    assert measure([NONE]) == {"no incident where there is none": Measure(1, 1)}
    told = {**ONE, "gold": {"incidents": []}}
    assert measure([told, NONE])["no incident where there is none"] == Measure(1, 2)


def test_incidents_are_counted_and_their_values_placed() -> None:
    found = measure([ONE, NONE])
    assert found["number of incidents"] == Measure(1, 1)
    assert found["incidents found"] == Measure(1, 1)
    assert found["values in their own incident"] == Measure(2, 2)
    assert found["background kept out"] == Measure(1, 1)
    assert found["an incident where there is one"] == Measure(1, 1)


def test_silence_is_judged_over_all_sets_together() -> None:
    told = {**ONE, "gold": {"incidents": []}}
    assert judge_silence([measure([NONE, told]), measure([ONE]), measure([SPOKEN])]) == Tally(1, 0, 1)
    assert judge_silence([measure([SPOKEN])]) is None


def test_rows_that_ask_for_fields_alone_have_no_measures() -> None:
    assert measure([{"id": "x", "text": "x", "gold": {"action": ["error"]}}]) == {}
