"""An incident whose sources only quote each other says so."""

from dataclasses import replace

import pytest

from incidex.model import Claim, Report, Role, circular_sources
from tests.factories import make_claim, make_report, make_source


def report(publisher: str, register: str = "") -> Report:
    made = make_report(publisher, source=make_source(publisher))
    return replace(made, register=register)


def says(where: Report, speaker: str, role: Role = Role.PRESS) -> Claim:
    return make_claim(report=where.id, speaker=speaker, role=role)


LEDGER, ECHO, VCDB = report("The Ledger"), report("The Echo"), report("VCDB", "database")


@pytest.mark.parametrize(
    ("claims", "reports", "reasons"),
    [
        pytest.param(
            [says(LEDGER, "The Echo"), says(ECHO, "The Ledger")],
            [LEDGER, ECHO],
            ("The Echo quotes The Ledger.", "The Ledger quotes The Echo."),
            id="they quote each other",
        ),
        pytest.param(
            [says(LEDGER, "Have I Been Pwned"), says(VCDB, "VCDB")],
            [LEDGER, VCDB],
            ("The Ledger quotes Have I Been Pwned.", "VCDB is a database."),
            id="a paper that quotes a database, and a database",
        ),
        pytest.param([says(LEDGER, "The Ledger")], [LEDGER], (), id="a paper in its own words"),
        pytest.param(
            [says(LEDGER, "The Echo"), says(ECHO, "The Echo")],
            [LEDGER, ECHO],
            (),
            id="one stands alone",
        ),
        pytest.param(
            [says(LEDGER, "The Echo"), says(LEDGER, "Acme", Role.VICTIM), says(ECHO, "The Ledger")],
            [LEDGER, ECHO],
            (),
            id="the victim speaks",
        ),
        pytest.param([], [LEDGER], (), id="nothing is claimed"),
    ],
)
def test_circular_sources(claims: list[Claim], reports: list[Report], reasons: tuple[str, ...]) -> None:
    assert circular_sources(claims, reports) == reasons
