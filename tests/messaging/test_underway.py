"""A status that says what this process noted, or is just noting, needs no look; any other does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError

from bot.messaging import underway as underway_module
from bot.messaging.contents import Reply
from bot.messaging.outgoing import OutgoingMessages
from bot.messaging.sender import RefusedError, Sent
from bot.messaging.underway import Underway
from bot.storage.database import Database
from tests.messaging.provider import Post, Recipient, delivering
from tests.messaging.working_brain import until


@dataclass
class SlowPost(Post):
    """Names what it is asked to send before it takes it, which it does when it is let."""

    asked: list[str] = field(default_factory=list)
    let: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        self.asked.append(uuid)
        await self.let.acquire()
        return await super().send(address, reply, uuid)


@pytest.fixture
def underway() -> Underway:
    return Underway()


async def test_what_was_noted_is_known(database: Database, underway: Underway) -> None:
    person, post = Recipient(database, "ana"), Post()
    person.answered("uno\ndos")
    async with delivering(database, post, underway=underway):
        await until(lambda: person.states() == ["sent"])
        # The last of it is noted in the loop, after the thread.
        await until(lambda: len(underway._noted) == 2)
    for _, _, name in post.sent:
        assert await underway.is_noted(name)
    assert not await underway.is_noted("0" * 32 + ".1.1")


async def test_while_it_is_sent_the_status_waits_until_that_is_noted(
    database: Database, underway: Underway
) -> None:
    person, post = Recipient(database, "ana"), SlowPost()
    person.answered("uno\ndos")
    async with delivering(database, post, underway=underway):
        await until(lambda: len(post.asked) == 1)
        first = asyncio.create_task(underway.is_noted(post.asked[0]))
        await asyncio.sleep(0)
        assert not first.done()
        post.let.release()
        assert await first
        assert person.rows()[0]["parts_sent"] == 1
        await until(lambda: len(post.asked) == 2)
        post.let.release()
        assert await underway.is_noted(post.asked[1])
        assert person.states() == ["sent"]


async def test_what_was_not_taken_is_looked_up(database: Database, underway: Underway) -> None:
    async def refuse(_address: str, _text: str) -> None:
        raise RefusedError("21211")

    person, post = Recipient(database, "ana"), SlowPost(before=refuse)
    person.answered("uno")
    async with delivering(database, post, underway=underway):
        await until(lambda: len(post.asked) == 1)
        told = asyncio.create_task(underway.is_noted(post.asked[0]))
        await asyncio.sleep(0)
        post.let.release()
        assert not await told
        await until(lambda: person.states() == ["failed"])


async def test_a_call_that_takes_long_is_not_waited_for(
    database: Database, underway: Underway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status may be all that ever tells that it was taken."""
    monkeypatch.setattr(underway_module, "WAIT_SECONDS", 0.05)
    person, post = Recipient(database, "ana"), SlowPost()
    person.answered("uno")
    async with delivering(database, post, underway=underway):
        await until(lambda: len(post.asked) == 1)
        assert not await underway.is_noted(post.asked[0])
        post.let.release()
        await until(lambda: person.states() == ["sent"])
        # The database has it before the loop that wrote it knows.
        monkeypatch.undo()
        assert await underway.is_noted(post.asked[0])


async def test_nothing_is_said_to_be_noted_before_it_is(
    database: Database, underway: Underway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the process dies then, the status is all that tells that it was taken."""
    note, away = OutgoingMessages.part_sent, iter(range(3))

    def at_times(*arguments: object, **named: object) -> bool:
        if next(away, None) is not None:
            raise OperationalError("gone", {}, Exception())
        return note(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(OutgoingMessages, "part_sent", at_times)
    monkeypatch.setattr(underway_module, "WAIT_SECONDS", 60.0)
    person, post = Recipient(database, "ana"), Post()
    person.answered("uno")
    async with delivering(database, post, underway=underway):
        await until(lambda: len(post.sent) == 1)
        name = post.sent[0][2]
        assert person.states() == ["sending"]
        assert await underway.is_noted(name)
        assert person.states() == ["sent"]


async def test_only_so_many_are_remembered(
    underway: Underway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(underway_module, "REMEMBERED", 3)
    for number in range(5):
        underway.noted(str(number))
    known = [await underway.is_noted(str(number)) for number in range(5)]
    assert known == [False, False, True, True, True]
