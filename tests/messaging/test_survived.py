"""A message is set aside where brains die of it or fail with it, not where they lost their claims
of it because they, or the database, stood still."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select, update

from bot.messaging.inbox import Inbox
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.messaging.stand_in import Echo, Person, claim, process_logging
from tests.messaging.working_brain import until, working

MAX_ATTEMPTS = 3


def pass_on(database: Database) -> None:
    """The claim runs out, and so does that of another brain which takes the message then and, as
    this one, goes on later."""
    with database.writing() as connection:
        connection.execute(update(inbox).values(claimed_until=1.0))
    theirs = claim(database, "another")
    with database.writing() as connection:
        connection.execute(update(inbox).values(claimed_until=1.0, claimed_by=None))
    Inbox(database).survived(theirs, "another")


@pytest.mark.parametrize(("times", "aside"), [(MAX_ATTEMPTS, False), (100, True)])
async def test_claims_that_pass_on_between_brains_that_live(
    settings: Settings, database: Database, times: int, aside: bool
) -> None:
    """Nor does that go on for ever."""
    person = Person(database)
    person.write("hola")

    async def lose(_inbox_id: int, _text: str) -> None:
        if len(echo.calls) <= times:
            pass_on(database)

    echo = Echo(before=lose)
    async with working(settings, database, echo, max_attempts=MAX_ATTEMPTS):
        await until(person.replies)
    assert person.replies() == ["sorry after 0" if aside else "hola after 0"]


@pytest.mark.parametrize(("busy_seconds", "attempts"), [(0.0, 1), (0.5, 2)])
async def test_what_keeps_a_brain_busy_for_longer_than_a_claim_counts(
    settings: Settings, database: Database, busy_seconds: float, attempts: int
) -> None:
    person = Person(database)
    person.write("hola")

    lost: list[bool] = []

    async def lose(_inbox_id: int, _text: str) -> None:
        end = time.thread_time() + busy_seconds
        while time.thread_time() < end:
            pass
        theirs = {"claimed_by": "another", "claimed_until": 2.0**33}
        with database.writing() as connection:
            connection.execute(update(inbox).values(attempts=inbox.c.attempts + 1, **theirs))
        lost.append(True)

    async with working(settings, database, Echo(before=lose), claim_seconds=0.4) as brain:
        await until(lambda: lost and not brain._running)
    with database.reading() as connection:
        assert connection.execute(select(inbox.c.attempts)).scalar_one() == attempts


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
