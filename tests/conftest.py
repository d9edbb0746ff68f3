"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bot.cli.training import train_if_needed
from bot.messaging.assistant import Assistant
from bot.settings import Settings, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.support.postgres import PostgresServer
from tests.support.service import SECRETS, Service

# How long an example takes says nothing on a busy machine.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(scope="session")
def model() -> Path:
    """A model trained on the data as they are, or the one that PTI_TEST_MODEL names."""
    named = os.environ.get("PTI_TEST_MODEL")
    return Path(named) if named else train_if_needed()


@pytest.fixture(scope="session")
def assistant(model: Path) -> Assistant:
    """The assistant with the trained model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Rasa's own, about its ways of loading a domain
        return Assistant(model)


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop in which all turns run, as in the brain."""
    opened = asyncio.new_event_loop()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pti.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """An empty database of each kind, for all tests of a module."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'pti.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with that database."""
    return read_settings({**SECRETS, "PTI_DATABASE_URL": database_url})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """That database, with its tables."""
    yield from _opened(settings.database_url)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with its tables, for what is so on SQLite alone."""
    yield from _opened(f"sqlite:///{tmp_path / 'pti.db'}")


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> Iterator[Database]:
    """A PostgreSQL database with its tables, for what is so on PostgreSQL alone."""
    yield from _opened(postgres.new_database())


def _opened(url: str) -> Iterator[Database]:
    migrate(url)
    opened = Database.from_settings(read_settings({**SECRETS, "PTI_DATABASE_URL": url}))
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def service(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Gateway and brain on SQLite, for tests that only talk to them."""
    folder = tmp_path_factory.mktemp("service")
    running = Service(f"sqlite:///{folder / 'pti.db'}", model, folder)
    try:
        yield running.start_all()
    finally:
        running.stop()
