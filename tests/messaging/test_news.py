"""Those who wait for replies are told of each, and nobody is told for nothing too often."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy import text

from bot.messaging.contents import Reply
from bot.messaging.news import News
from bot.messaging.outbox import Outbox
from bot.storage.database import Database
from tests.messaging.stand_in import Person, claim

WAIT_SECONDS = 15.0


@contextlib.asynccontextmanager
async def running(database: Database) -> AsyncIterator[News]:
    news = News(database)
    task = asyncio.create_task(news.run())
    await asyncio.sleep(0.5)
    try:
        yield news
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


def _answer(database: Database, person: Person) -> None:
    person.write("hola")
    Outbox(database).finish(claim(database), "brain", [Reply("Sí")], {})


async def test_a_reply_is_told_to_those_who_wait_for_it(database: Database) -> None:
    person, other = Person(database), Person(database)
    async with running(database) as news:
        with (
            news.waiting_for(person.conversation) as first,
            news.waiting_for(person.conversation) as second,
            news.waiting_for(other.conversation) as of_another,
        ):
            await asyncio.to_thread(_answer, database, person)
            await asyncio.wait_for(first.wait(), WAIT_SECONDS)
            await asyncio.wait_for(second.wait(), WAIT_SECONDS)
            await asyncio.sleep(0.1)
            assert not of_another.is_set()
    assert not news._waiting


async def test_a_reply_committed_between_the_look_and_the_wait_is_not_missed(
    database: Database,
) -> None:
    person = Person(database)
    async with running(database) as news:
        with news.waiting_for(person.conversation) as arrived:
            arrived.clear()
            assert person.replies() == []
            await asyncio.to_thread(_answer, database, person)
            await asyncio.wait_for(arrived.wait(), WAIT_SECONDS)


async def test_many_replies_are_told_one_after_the_other(database: Database) -> None:
    person = Person(database)
    async with running(database) as news:
        with news.waiting_for(person.conversation) as arrived:
            for _ in range(10):
                arrived.clear()
                await asyncio.to_thread(_answer, database, person)
                await asyncio.wait_for(arrived.wait(), WAIT_SECONDS)


async def test_after_a_lost_connection_all_look(postgres_database: Database) -> None:
    """What was committed while nobody listened was told to nobody."""
    person = Person(postgres_database)
    async with running(postgres_database) as news:
        with news.waiting_for(person.conversation) as arrived:
            with postgres_database.writing() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                    )
                )
            await asyncio.wait_for(arrived.wait(), WAIT_SECONDS)
