"""A message is set aside where brains die of it or fail with it, not where its claims only passed
on because brains, or the database, stood still."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from sqlalchemy import update

from bot.messaging import heartbeat
from bot.messaging.brain import HOPELESS
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.tables import heartbeats, inbox
from tests.messaging.stand_in import Echo, Person, process_logging
from tests.messaging.working_brain import until, working

MAX_ATTEMPTS = 3


@pytest.mark.parametrize(
    ("attempts", "lives", "answer"),
    [
        (MAX_ATTEMPTS, True, "hola after 0"),
        (MAX_ATTEMPTS, False, "sorry after 0"),
        (HOPELESS * MAX_ATTEMPTS, True, "sorry after 0"),
    ],
)
async def test_a_message_that_another_brain_left(
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    attempts: int,
    lives: bool,
    answer: str,
) -> None:
    """It was heard of just now; it lives where it is heard of again."""
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.3)
    monkeypatch.setattr(heartbeat, "WATCH_SECONDS", 0.1)
    if not lives:
        monkeypatch.setattr(heartbeat, "DEAD_AFTER_SECONDS", 0.5)
    person = Person(database)
    person.write("hola")
    with database.writing() as connection:
        connection.execute(
            update(inbox).values(claimed_by="another", claimed_until=1.0, attempts=attempts)
        )
        connection.execute(
            heartbeats.insert().values(
                name="another", kind="brain", model="echo", seen_at=database.now(connection)
            )
        )
    beating = asyncio.create_task(
        heartbeat.beat(database, "brain", "another" if lives else "a third", "echo")
    )
    async with working(settings, database, Echo(), max_attempts=MAX_ATTEMPTS):
        await until(person.replies)
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    assert person.replies() == [answer]


def stand_still(seconds: float) -> None:
    """The loop does not turn."""
    time.sleep(seconds)


async def test_a_claim_that_was_lost_is_reported_once(
    settings: Settings, database: Database
) -> None:
    """However often its renewal was tried while the loop stood still."""
    Person(database).write("hola")
    lost: list[bool] = []

    async def lose(_inbox_id: int, _text: str) -> None:
        with database.writing() as connection:
            connection.execute(update(inbox).values(claimed_by="another", claimed_until=2.0**33))
        stand_still(1.0)
        lost.append(True)

    with process_logging() as stream:
        async with working(settings, database, Echo(before=lose), claim_seconds=0.3) as brain:
            await until(lambda: lost and not brain._running)
    assert stream.getvalue().count("leases: message 1 passed to another brain") == 1
