"""The process that codes what is handed in: given up when it takes too long, and another one started."""

import pytest

from incidex.app.intake import CoderProcess, Intake
from incidex.model import Document, LimitError, ReadError, Report, Role, Source
from incidex.store import MemoryLog
from incidex.web import Handed

REPORT = Report(sha256="1" * 64, source=Source(name="Acme", role=Role.VICTIM))


def test_what_takes_too_long_is_given_up_and_the_next_is_coded() -> None:
    coder = CoderProcess(0.0)
    with pytest.raises(LimitError, match="given up after 0 seconds"):
        coder.code(REPORT, Document(report=REPORT.id, text="Acme was hacked in May 2020."))
    coder._seconds = 60.0
    found = coder.code(REPORT, Document(report=REPORT.id, text="Acme was hacked in May 2020."))
    assert found.incidents
    helper = coder._running
    assert helper is not None
    helper.process.kill()
    helper.process.join()
    with pytest.raises(ReadError, match="ended"):
        coder.code(REPORT, Document(report=REPORT.id, text="Acme was hacked."))
    coder.close()


def test_what_fails_leaves_nothing_in_the_log() -> None:
    log = MemoryLog()
    intake = Intake(log)
    with pytest.raises(ReadError):
        intake(Handed(data=b"PK\x03\x04", name="", media_type="", tells={"source": "Acme"}, by="person:cy"))
    assert log.last_serial() == 0
    intake.close()
