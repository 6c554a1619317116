"""The log in memory keeps every promise of a log."""

from collections.abc import Iterator

import pytest

from incidex.model import StoreError
from incidex.store import Log, MemoryLog
from tests.contract.log_contract import LogContract
from tests.contract.log_samples import batch
from tests.contract.removal_contract import RemovalContract


class TestMemoryLog(LogContract, RemovalContract):
    @pytest.fixture
    def log(self) -> Iterator[Log]:
        log = MemoryLog()
        yield log
        log.close()


def test_verify_names_the_line_that_was_altered() -> None:
    log = MemoryLog()
    log.append(batch())
    log._lines[1] = log._lines[1]._replace(by="someone else")
    with pytest.raises(StoreError, match=r"change 2 \(linked of inc-1\) was altered"):
        log.verify()
