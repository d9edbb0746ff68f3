"""Polling: nothing is told to have arrived before it is stored, and nothing ends it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.channels.telegram import polling as module
from bot.channels.telegram.api import BotApi
from bot.channels.telegram.parse import Said
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.receive import Receiver
from bot.messaging.contents import Incoming
from bot.settings import TelegramSettings
from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.messaging.stand_in import process_logging
from tests.messaging.working_brain import until
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn, Failure, refusal
from tests.telegram.known import TOKEN
from tests.telegram.updates import said, tapped, update


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the tests."""
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.1)


@contextlib.asynccontextmanager
async def polling(
    url: str, database: Database, receiver: Receiver | None = None
) -> AsyncIterator[None]:
    """Polling at work."""
    api = BotApi(TelegramSettings(TOKEN, mode="polling", api_url=url))
    task = asyncio.create_task(Polling(api, receiver or Receiver(database), 0.3).run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


def texts(database: Database) -> list[str]:
    with database.reading() as connection:
        sealed = connection.execute(select(inbox.c.content_sealed).order_by(inbox.c.id)).all()
    return [Incoming(**database.cipher.open(row[0])).text for row in sealed]


async def test_what_is_written_is_stored_in_order_and_once(
    telegram: BotApiStandIn, database: Database
) -> None:
    for number in range(5):
        telegram.deliver(said(f"m{number}"), times=2)
    async with polling(telegram.url, database):
        await until(lambda: len(texts(database)) == 5)
        telegram.deliver(said("m5"))
        await until(lambda: len(texts(database)) == 6)
        await until(lambda: not telegram.state.waiting)
    assert texts(database) == [f"m{number}" for number in range(6)]


async def test_a_tap_is_acknowledged(telegram: BotApiStandIn, sqlite_database: Database) -> None:
    tap = tapped("1.0.1", "Cómo pagar")
    telegram.state.taps[tap["callback_query"]["id"]] = False
    telegram.deliver(tap)
    async with polling(telegram.url, sqlite_database):
        await until(lambda: all(telegram.state.taps.values()))
    assert texts(sqlite_database) == ["Cómo pagar"]


async def test_a_tap_that_cannot_be_acknowledged_is_stored(
    telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    telegram.failing = lambda method: method == "answerCallbackQuery"
    telegram.state.failures.append(Failure(500))
    telegram.deliver(tapped("1.0.1", "Cómo pagar"))
    telegram.deliver(said("hola"))
    async with polling(telegram.url, sqlite_database):
        await until(lambda: len(texts(sqlite_database)) == 2)


async def test_what_is_no_message_is_passed_over(
    telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    telegram.deliver(update(message={"text": 1}))
    telegram.deliver(update(telepathy={}))
    telegram.deliver(said("hola"))
    async with polling(telegram.url, sqlite_database):
        await until(lambda: not telegram.state.waiting)
    assert texts(sqlite_database) == ["hola"]


async def test_nothing_is_told_to_have_arrived_before_it_is_stored(
    telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    class Away(Receiver):
        failures = 2

        def store(self, said: Said) -> None:
            if said.content.text == "m1" and self.failures:
                self.failures -= 1
                assert [u["message"]["text"] for u in telegram.state.waiting][-1] == "m1"
                raise OperationalError("INSERT", {}, Exception("no connection"))
            super().store(said)

    for number in range(2):
        telegram.deliver(said(f"m{number}"))
    async with polling(telegram.url, sqlite_database, Away(sqlite_database)):
        await until(lambda: not telegram.state.waiting)
    assert texts(sqlite_database) == ["m0", "m1"]


async def test_telegram_that_cannot_be_reached_at_first(sqlite_database: Database) -> None:
    port = free_port()
    async with polling(f"http://127.0.0.1:{port}", sqlite_database):
        await asyncio.sleep(0.3)
        telegram = BotApiStandIn(port=port)
        try:
            telegram.deliver(said("hola"))
            await until(lambda: texts(sqlite_database) == ["hola"])
        finally:
            telegram.close()


@pytest.mark.parametrize(
    "failure",
    [
        Failure(cut=True),
        Failure(502),
        Failure.wait(0),
        Failure(401, refusal(401, "Unauthorized")),
        Failure(200, b'{"ok": true, "result": []}'),
    ],
    ids=["cut", "502", "429", "401", "nothing"],
)
async def test_telegram_in_trouble(
    telegram: BotApiStandIn, sqlite_database: Database, failure: Failure
) -> None:
    telegram.failing = lambda method: method == "getUpdates"
    async with polling(telegram.url, sqlite_database):
        telegram.state.failures += [failure] * 3
        telegram.deliver(said("hola"))
        await until(lambda: texts(sqlite_database) == ["hola"])


async def test_a_webhook_in_the_way_is_told(
    telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    telegram.state.webhook = {"url": "https://elsewhere.example"}
    with process_logging() as printed:
        async with polling(telegram.url, sqlite_database):
            await until(lambda: "delete-webhook" in printed.getvalue())
    assert TOKEN not in printed.getvalue()
