"""When a loop looks for the next piece of work: no work is left lying until it looks by itself, and
no look is made that can find nothing."""

from __future__ import annotations

import asyncio

import pytest

from bot.messaging import looking as module
from bot.messaging.looking import Looking
from bot.settings import Settings
from bot.storage.database import Database
from tests.messaging.provider import Post, Recipient, delivering
from tests.messaging.stand_in import Echo, Person
from tests.messaging.working_brain import until, working
from tests.support.plans import watched

THEIRS, ANOTHERS = 1, 2
# Until a notice has come, and until somebody who would look once more has done so.
LONG_ENOUGH = 0.2


@pytest.fixture(autouse=True)
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found in these tests because it was looked for after a while."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 600.0)


async def looks(looking: Looking) -> bool:
    """Whether it looks now."""
    waiting = asyncio.create_task(looking.wait())
    for _ in range(3):
        await asyncio.sleep(0)
    looked = waiting.done()
    waiting.cancel()
    return looked


def told() -> Looking:
    """Somebody who is told where something came."""
    looking = Looking()
    looking.came(ANOTHERS)
    looking.begins()
    return looking


async def test_when_nothing_waited_for_a_piece_its_end_lets_nobody_look() -> None:
    looking = told()
    looking.taken(THEIRS, others_wait=False)
    looking.done(THEIRS)
    assert not await looks(looking)


async def test_what_waited_for_a_piece_is_looked_for_at_its_end() -> None:
    before, after = told(), told()
    before.taken(THEIRS, others_wait=True)
    before.done(THEIRS)
    after.taken(THEIRS, others_wait=False)
    after.done(THEIRS, others_wait=True)
    assert await looks(before)
    assert await looks(after)


@pytest.mark.parametrize("where", [THEIRS, None])
async def test_what_came_while_a_piece_was_worked_at_is_looked_for_at_its_end(
    where: int | None,
) -> None:
    looking = told()
    looking.taken(THEIRS, others_wait=False)
    looking.came(where)
    looking.begins()  # and is not found: it waits for the one that is worked at
    looking.done(THEIRS)
    assert await looks(looking)


@pytest.mark.parametrize("where", [THEIRS, None])
async def test_what_came_while_the_piece_was_looked_for_is_looked_for_at_its_end(
    where: int | None,
) -> None:
    looking = told()
    looking.came(where)
    looking.taken(THEIRS, others_wait=False)
    looking.begins()
    looking.done(THEIRS)
    assert await looks(looking)


async def test_what_came_elsewhere_is_not_waited_for() -> None:
    looking = told()
    looking.taken(THEIRS, others_wait=False)
    looking.came(ANOTHERS)
    looking.begins()
    looking.done(THEIRS)
    assert not await looks(looking)


async def test_who_is_told_of_nothing_looks_after_each_piece() -> None:
    looking = Looking()
    looking.came(None)
    looking.begins()
    looking.taken(THEIRS, others_wait=False)
    looking.begins()
    looking.done(THEIRS)
    assert await looks(looking)


async def test_all_that_a_person_wrote_is_answered(settings: Settings, database: Database) -> None:
    person, echo = Person(database), Echo()
    async with working(settings, database, echo):
        for text in ("one", "two", "three"):
            person.write(text)
        await until(lambda: len(person.replies()) == 3)


async def test_all_that_a_person_is_told_is_sent(database: Database) -> None:
    post, person, going_on = Post(), Recipient(database, "rosa"), asyncio.Event()

    async def slow_at_first(_address: str, text: str) -> None:
        if text == "one":
            await going_on.wait()

    post.before = slow_at_first
    async with delivering(database, post):
        person.answered("one", "two")
        await until(lambda: post.sending)
        person.answered("three")  # while the first is on its way
        await asyncio.sleep(LONG_ENOUGH)  # a notice of it comes
        going_on.set()
        await until(lambda: post.texts() == ["one", "two", "three"])


async def test_a_brain_that_is_told_looks_twice_for_a_message(
    settings: Settings, postgres_database: Database
) -> None:
    person, echo = Person(postgres_database), Echo()
    async with working(settings, postgres_database, echo):
        for text in ("one", "two"):  # with the first it listens, of the second it is told
            await _answered(person, text)
        with watched() as asked:
            await _answered(person, "three")
    assert len([said for said, _ in asked if _takes(said, "inbox")]) == 2


async def test_a_gateway_that_is_told_looks_twice_for_a_reply(postgres_database: Database) -> None:
    post, person = Post(), Recipient(postgres_database, "rosa")
    async with delivering(postgres_database, post):
        person.answered("one")
        await until(lambda: person.states() == ["sent"])
        await asyncio.sleep(LONG_ENOUGH)
        with watched() as asked:
            person.answered("two")
            await until(lambda: person.states() == ["sent", "sent"])
            await asyncio.sleep(LONG_ENOUGH)
    assert len([said for said, _ in asked if _takes(said, "outbox")]) == 2


async def _answered(person: Person, text: str) -> None:
    before = len(person.replies())
    person.write(text)
    await until(lambda: len(person.replies()) == before + 1)
    await asyncio.sleep(LONG_ENOUGH)


def _takes(statement: str, table: str) -> bool:
    return statement.startswith("WITH taken AS") and f"UPDATE {table} SET" in " ".join(
        statement.split()
    )
