"""Texts in capitals or in small letters alone: names and places are read, quotations stay as written."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.coding import code
from incidex.coding.casing import restore
from incidex.model import Document

TEXT = (
    "Hackers stole 40,000 records from a hospital in the Netherlands in March 2013, officials said on Monday."
)


@pytest.mark.parametrize("rewrite", [str.upper, str.lower])
def test_places_and_dates_are_read_without_capitals(rewrite: Callable[[str], str]) -> None:
    text = rewrite(TEXT)
    claims = [claim for coded in code(Document(report="r", text=text)) for claim in coded.claims]
    assert {("victim.country", "NL"), ("date.occurred", "2013-03"), ("data.records", "40000")} <= {
        (claim.field, claim.value) for claim in claims
    }
    for claim in claims:
        assert claim.evidence is not None
        assert claim.evidence.span.within(text) == claim.evidence.quote


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a bank in germany", "a bank in Germany", id="small"),
        pytest.param("A BANK IN GERMANY", "a bank in Germany", id="capitals"),
        pytest.param(
            "an officer may reply on 3 may", "an officer may reply on 3 May", id="a-verb-is-no-month"
        ),
        pytest.param(
            "they told us, and polish the turkey", "they told us, and polish the turkey", id="words"
        ),
        pytest.param(
            "hackers hit veldora foods in lyon. see veldora.com/café",
            "hackers hit Veldora Foods in Lyon. see Veldora.com/café",
            id="names",
        ),
        pytest.param("ÉQUILIBRE CLINIC, STRASSE 3", "Équilibre clinic, Strasse 3", id="accents"),
        pytest.param("The bank in germany", "The bank in germany", id="has-its-own"),
    ],
)
def test_capitals_are_put_back(text: str, shown: str) -> None:
    assert restore(text) == shown


@given(st.text())
def test_every_letter_stays_where_it_was(text: str) -> None:
    assert len(restore(text)) == len(text)
    assert restore(text).casefold() == text.casefold()
