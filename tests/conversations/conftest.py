"""The real assistant, loaded once, on a day that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

import pytest

from bot.messaging.assistant import Assistant
from tests.conversations.person import Person

TODAY = date(2026, 11, 23)


@pytest.fixture
def someone_new(assistant: Assistant, loop: asyncio.AbstractEventLoop) -> Callable[[], Person]:
    """Makes people who have not written before."""
    return lambda: Person(assistant, loop)


@pytest.fixture
def person(someone_new: Callable[[], Person]) -> Person:
    """Somebody who has not written before."""
    return someone_new()


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Every conversation happens on the same day; a test may set another."""

    def set_day(today: date) -> None:
        class Day(date):
            @classmethod
            def today(cls) -> date:
                return today

        monkeypatch.setattr("actions.quota.date", Day)
        monkeypatch.setattr("bot.nlg.generator.date", Day)

    set_day(TODAY)
    return set_day


@pytest.fixture(autouse=True)
def no_configured_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange rate is the one of the parameters."""
    for variable in ("PTI_EXCHANGE_RATE", "PTI_EXCHANGE_RATE_DATE"):
        monkeypatch.delenv(variable, raising=False)
