"""What tests of every kind may ask for."""

import asyncio
import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import settings

from tests.postgres import Server, find_server, new_schema

# A deadline is the clock's and not the processor's: on a busy machine it fails what is right.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def own_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test after browser tests run an event loop: Playwright's stands still and counts as running."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    standing = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(standing)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The one PostgreSQL server of this test run."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    return find_server(base.parent if is_worker else base, os.getppid() if is_worker else os.getpid())


def _schema() -> str:
    return f"test_{os.getpid()}_{next(_NUMBERS)}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of an empty schema of this test's own."""
    with new_schema(postgres, _schema()) as url:
        yield url


@pytest.fixture
def second_postgres_url(postgres: Server) -> Iterator[str]:
    """The address of another."""
    with new_schema(postgres, _schema()) as url:
        yield url
