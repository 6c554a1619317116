"""Known actors: a name says which kind of actor it is."""

import pytest

from incidex.codebook import check_value
from incidex.coding.known import load_known, read_known
from incidex.coding.table import prepare
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "variety", "motive"),
    [
        ("The attack is attributed to APT28.", "State-affiliated", "Espionage"),
        ("Cozy Bear hackers read the mail of the ministry.", "State-affiliated", "Espionage"),
        ("The hacker group Killnet claimed responsibility.", "Activist", "Ideology"),
        ("The FIN7 group stole card numbers.", "Organized crime", "Financial"),
        ("The LockBit gang published the files.", "Organized crime", "Financial"),
    ],
)
def test_a_known_name_is_evidence_of_its_kind(text: str, variety: str, motive: str) -> None:
    readings = list(read_known(prepare(Document(report="r", text=text))))
    assert {("actor.variety", variety), ("actor.motive", motive)} <= {(r.field, r.value) for r in readings}
    assert all(text[r.span.start : r.span.end] in r.why for r in readings)


def test_all_that_is_known_is_in_the_codebooks_words() -> None:
    for known in load_known().values():
        assert check_value("actor.variety", known.variety) == known.variety
        assert [check_value("actor.motive", motive) for motive in known.motives] == list(known.motives)
