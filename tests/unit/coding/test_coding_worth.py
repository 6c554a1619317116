"""What a coder's own number has been worth."""

from dataclasses import replace

import pytest

from incidex.coding import worth
from incidex.coding.linear import NAME
from incidex.coding.table import CODERS, code, code_unweighed
from incidex.coding.worth import load_worth, weigh
from incidex.model import Document
from tests.factories import make_claim

TEXT = "Hackers broke into the servers of Zenith Bank in March 2021 and took 12,000 customer records."


def test_every_row_is_of_a_coder_that_is_there_and_none_of_the_model() -> None:
    coders = {coder for coder, _ in load_worth()}
    assert coders <= CODERS.keys() - {NAME}, "run: incidex evaluate train"


def test_surer_is_never_worth_less() -> None:
    for curve in load_worth().values():
        assert list(curve.scores) == sorted(curve.scores)
        assert list(curve.shares) == sorted(curve.shares)
        assert all(0 < share < 1 for share in curve.shares)


def test_a_coders_own_number_becomes_what_it_was_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worth, "read_rows", lambda _: [["counts@9", "data.records", "50", "0.6:0.2 0.8:0.6"]])
    load_worth.cache_clear()
    try:
        said = make_claim("5", field="data.records", coder="counts@9", confidence=0.7)
        assert weigh(said).confidence == pytest.approx(0.4)
        assert weigh(replace(said, coder="other@1")).confidence == 0.7
    finally:
        load_worth.cache_clear()


def test_weighing_changes_how_sure_a_claim_is_and_nothing_else() -> None:
    weighed = [one for coded in code(Document(report="r", text=TEXT)) for one in coded.claims]
    own = [one for coded in code_unweighed(Document(report="r", text=TEXT)) for one in coded.claims]
    assert [(one.field, one.value, one.evidence) for one in weighed] == [
        (one.field, one.value, one.evidence) for one in own
    ]
    assert [one.confidence for one in weighed] != [one.confidence for one in own]
