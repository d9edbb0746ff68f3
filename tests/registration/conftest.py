"""A house on a SQLite database with a sandbox, on a day that stands still."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.messaging.assistant import Assistant
from bot.settings import ImssSettings, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.imss.sandbox_process import TOKEN, Sandbox
from tests.registration.house import Caller, House
from tests.support.service import SECRETS

TODAY = date(2026, 6, 10)  # the sandbox's NOW


@pytest.fixture(scope="session")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox, for all tests of this folder."""
    running = Sandbox(tmp_path_factory.mktemp("institute"))
    yield running
    running.stop()


@pytest.fixture
def sandbox(institute: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, behaving well at its beginning; the actions know of it."""
    institute.behave_well()
    tell_actions(institute, monkeypatch)
    return institute


def tell_actions(institute: Sandbox, patch: pytest.MonkeyPatch) -> None:
    """The actions know of the sandbox."""
    patch.setenv("PTI_IMSS_URL", institute.url)
    for variable in ("PTI_EXCHANGE_RATE", "PTI_EXCHANGE_RATE_DATE"):
        patch.delenv(variable, raising=False)


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """The calendar of the actions shows the sandbox's day; a test may set another."""

    def set_day(today: date) -> None:
        show_day(today, monkeypatch)

    set_day(TODAY)
    return set_day


def show_day(today: date, patch: pytest.MonkeyPatch) -> None:
    """The calendar of the actions shows that day."""

    class Day(date):
        @classmethod
        def today(cls) -> date:
            return today

    for module in ("actions.quota", "actions.line", "bot.nlg.generator"):
        patch.setattr(f"{module}.date", Day)


def make_house(
    url: str, sandbox_url: str, assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> House:
    """A house on a database."""
    migrate(url)
    return open_house(url, sandbox_url, assistant, loop)


def open_house(
    url: str, sandbox_url: str, assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> House:
    """A house on a database that has its tables."""
    settings = dataclasses.replace(
        read_settings({**SECRETS, "PTI_DATABASE_URL": url}),
        imss=ImssSettings(url=sandbox_url, token=TOKEN, breaker_failures=1000),
    )
    return House(settings, Database.from_settings(settings), assistant, loop)


@pytest.fixture
def house(
    tmp_path: Path, sandbox: Sandbox, assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> Iterator[House]:
    """A house on SQLite."""
    built = make_house(f"sqlite:///{tmp_path / 'pti.db'}", sandbox.url, assistant, loop)
    yield built
    built.database.dispose()


@pytest.fixture
def caller(house: House) -> Caller:
    """Somebody who has not written before."""
    return Caller(house)
