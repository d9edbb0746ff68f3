"""The brain's loop where something fails: turns, claims, keys, the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bot.messaging import brain as brain_module
from bot.messaging import leases
from bot.messaging.contents import Reply
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.seen import Looks
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.encryption import Cipher
from bot.storage.tables import conversations, inbox
from tests.messaging.stand_in import Echo, Person, claim, process_logging
from tests.messaging.working_brain import WAIT_SECONDS, until, working


async def test_a_turn_that_fails_is_tried_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    person = Person(database)
    person.write("hola")
    person.write("después")
    failures = iter([ValueError("hola"), ValueError("hola")])

    async def fail_twice(_inbox_id: int, _text: str) -> None:
        for error in failures:
            raise error

    async with working(settings, database, Echo(before=fail_twice), max_attempts=3):
        await until(lambda: len(person.replies()) == 2)
    assert person.replies() == ["hola after 0", "después after 1"]


async def test_a_message_that_always_fails_is_set_aside_with_one_apology(
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    person = Person(database)
    for text in ("antes", "GOMC960312HDFRRL04", "después"):
        person.write(text)

    async def fail(_inbox_id: int, text: str) -> None:
        if text == "GOMC960312HDFRRL04":
            raise ValueError(text)

    echo = Echo(before=fail)
    with process_logging() as stream:
        async with working(settings, database, echo, max_attempts=3):
            await until(lambda: len(person.replies()) == 3)
    assert person.replies() == ["antes after 0", "sorry after 1", "después after 1"]
    assert sum(text == "GOMC960312HDFRRL04" for _, text, _ in echo.calls) == 3
    with database.reading() as connection:
        states = [row.state for row in connection.execute(inbox.select().order_by(inbox.c.id))]
    assert states == ["done", "set_aside", "done"]
    printed = stream.getvalue()
    assert "GOMC" not in printed
    assert "ValueError at" in printed
    assert "set aside after 3 attempts" in printed


async def test_a_message_of_nobodys_conversation_is_set_aside_too(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row says so now. Where one did, no brain may claim its message for ever."""
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    person = Person(database)
    person.write("hola")
    with database.writing() as connection:
        of_it = conversations.c.id == person.conversation
        connection.execute(update(conversations).where(of_it).values(person_id=None))
    async with working(settings, database, Echo(), max_attempts=3):
        await until(person.replies)
    assert person.replies() == ["sorry after 0"]


async def test_a_turn_that_never_ends_counts_as_failed(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brain_module, "TURN_SECONDS", 0.1)
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    person = Person(database)
    person.write("hang")
    person.write("hola")

    async def hang(_inbox_id: int, text: str) -> None:
        if text == "hang":
            await asyncio.Event().wait()

    async with working(settings, database, Echo(before=hang), max_attempts=2):
        await until(lambda: len(person.replies()) == 2)
    assert person.replies() == ["sorry after 0", "hola after 0"]


async def test_what_cannot_be_read_is_set_aside_and_stops_nobody(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    other = Database(database.url, Cipher(["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA="], "x"))
    sealed_elsewhere = other.cipher.seal({"text": "?", "option": None})
    other.dispose()
    person, bystander = Person(database), Person(database)
    person.write("lost")
    with database.writing() as connection:
        connection.execute(update(inbox).values(content_sealed=sealed_elsewhere))
    bystander.write("hola")
    async with working(settings, database, Echo(), max_attempts=2):
        await until(bystander.replies)
        await until(lambda: _bot_lines(database, person) == 1)


def _bot_lines(database: Database, person: Person) -> int:
    return len(Looks(database).at(person.conversation).offered)


async def test_a_tracker_that_cannot_be_read_does_not_hide_the_apology(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brain_module, "RETRY_SECONDS", 0.0)
    person = Person(database)
    person.write("uno")
    Outbox(database).finish(claim(database), "brain", [Reply("1")], {"heard": ["uno"]})
    with database.writing() as connection:
        from bot.storage.tables import trackers

        connection.execute(update(trackers).values(snapshot_sealed=b"what no key opens"))
    person.write("dos")
    async with working(settings, database, Echo(), max_attempts=2):
        await until(lambda: person.replies() == ["1", "sorry after 0"])


async def test_a_lost_claim_drops_the_work(settings: Settings, database: Database) -> None:
    """The brain hangs, another takes the message: what the first worked out is dropped, its turn
    ended."""
    person = Person(database)
    person.write("hola")
    taken, cancelled = asyncio.Event(), asyncio.Event()

    async def lose(_inbox_id: int, _text: str) -> None:
        taken.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with working(settings, database, Echo(before=lose), claim_seconds=0.6) as brain:
        await asyncio.wait_for(taken.wait(), WAIT_SECONDS)
        with database.writing() as connection:
            connection.execute(
                update(inbox).values(
                    claimed_by="another", attempts=inbox.c.attempts + 1, claimed_until=2.0**33
                )
            )
        await asyncio.wait_for(cancelled.wait(), WAIT_SECONDS)
        await until(lambda: not brain._running)
    assert person.replies() == []
    with database.reading() as connection:
        row = connection.execute(inbox.select()).one()
    assert (row.claimed_by, row.claimed_until, row.state) == ("another", 2.0**33, "waiting")


async def test_work_that_ends_after_the_claim_passed_on_is_not_committed(
    settings: Settings, database: Database
) -> None:
    person = Person(database)
    person.write("hola")
    stolen: list[object] = []

    async def steal(_inbox_id: int, _text: str) -> None:
        if not stolen:
            with database.writing() as connection:
                connection.execute(update(inbox).values(claimed_until=1.0))
            stolen.append(claim(database, "another"))

    echo = Echo(before=steal)
    async with working(settings, database, echo):
        await until(lambda: len(echo.calls) == 1 and not echo.running)
        await asyncio.sleep(0.2)
        assert person.replies() == []
        Outbox(database).finish(stolen[0], "another", [Reply("from another")], {"heard": []})  # type: ignore[arg-type]
        await asyncio.sleep(0.2)
    assert person.replies() == ["from another"]


async def test_a_brain_that_takes_its_own_lost_message_again_drops_the_first_turn(
    settings: Settings, database: Database
) -> None:
    """Two turns of one conversation in one process would mix their trackers."""
    person = Person(database)
    person.write("hola")
    first = asyncio.Event()

    async def hang_once(_inbox_id: int, _text: str) -> None:
        if not first.is_set():
            first.set()
            await asyncio.Event().wait()

    echo = Echo(before=hang_once)
    async with working(settings, database, echo):
        await asyncio.wait_for(first.wait(), WAIT_SECONDS)
        with database.writing() as connection:
            connection.execute(update(inbox).values(claimed_until=1.0))
        await until(person.replies)
    assert person.replies() == ["hola after 0"]
    assert echo.overlaps == []


async def test_a_long_turn_keeps_its_claim(settings: Settings, database: Database) -> None:
    person = Person(database)
    person.write("hola")

    async def long(_inbox_id: int, _text: str) -> None:
        await asyncio.sleep(4.0)

    echo = Echo(before=long)
    async with (
        working(settings, database, echo, claim_seconds=1.5),
        working(settings, database, echo, claim_seconds=1.5),
    ):
        await until(person.replies)
    assert len(echo.calls) == 1


def claimed_meanwhile(database: Database, seconds: float) -> list[Claimed]:
    """What another brain can take while so many seconds pass."""
    end, found = time.monotonic() + seconds, []
    while time.monotonic() < end:
        if claimed := Inbox(database).claim("another", 60):
            found.append(claimed)
        time.sleep(0.02)
    return found


@pytest.mark.parametrize(("hanging_seconds", "taken"), [(60.0, 0), (0.2, 1)])
async def test_a_brain_that_is_slow_keeps_its_claim_and_one_that_hangs_does_not(
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    hanging_seconds: float,
    taken: int,
) -> None:
    """The loop does not turn for longer than a claim lasts."""
    monkeypatch.setattr(leases, "HANGING_SECONDS", hanging_seconds)
    person = Person(database)
    person.write("hola")
    found: list[Claimed] = []

    async def stand_still(_inbox_id: int, _text: str) -> None:
        found.extend(claimed_meanwhile(database, 2.0))

    echo = Echo(before=stand_still)
    async with working(settings, database, echo, claim_seconds=0.6):
        await until(lambda: echo.calls and not echo.running)
        await asyncio.sleep(0.1)
    assert len(found) == taken
    assert len(person.replies()) == 1 - taken


async def test_what_a_brain_may_have_died_of_is_handled_alone(
    settings: Settings, database: Database
) -> None:
    """Else the others that it held would die, and count attempts, with it again and again."""
    people = [Person(database) for _ in range(6)]
    for person in people:
        person.write("hola")
    for _ in people[:3]:
        claim(database, "a brain that died")
    with database.writing() as connection:
        connection.execute(
            update(inbox).where(inbox.c.claimed_by.is_not(None)).values(claimed_until=1.0)
        )
    together: dict[int, int] = {}

    async def wait(inbox_id: int, _text: str) -> None:
        await asyncio.sleep(0.1)
        together[inbox_id] = len(echo.running)

    echo = Echo(before=wait)
    async with working(settings, database, echo, brain_concurrency=4):
        await until(lambda: all(person.replies() for person in people))
    alone = sorted(together)[:3]
    assert [together[inbox_id] for inbox_id in alone] == [1, 1, 1]


def test_what_was_given_back_is_not_taken_for_deadly(database: Database) -> None:
    Person(database).write("hola")
    box = Inbox(database)
    first = claim(database, "a")
    assert not first.left_by_another
    box.release(first, "a")
    again = claim(database, "b")
    assert not again.left_by_another
    with database.writing() as connection:
        connection.execute(update(inbox).values(claimed_until=1.0))
    assert claim(database, "c").left_by_another


async def test_a_brain_that_is_stopped_gives_its_messages_back(
    settings: Settings, database: Database
) -> None:
    person = Person(database)
    person.write("hola")
    taken = asyncio.Event()

    async def wait(_inbox_id: int, _text: str) -> None:
        taken.set()
        await asyncio.Event().wait()

    async with working(settings, database, Echo(before=wait), claim_seconds=300.0):
        await asyncio.wait_for(taken.wait(), WAIT_SECONDS)
    async with working(settings, database, Echo()):
        await until(lambda: person.replies() == ["hola after 0"])


async def test_a_database_that_goes_away_for_a_while_loses_nothing(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brain_module, "DATABASE_AWAY_SECONDS", 0.05)
    people = [Person(database) for _ in range(3)]
    errors = iter([OperationalError("gone", {}, Exception()) for _ in range(9)])
    for name in ("claim", "renew"):
        monkeypatch.setattr(Inbox, name, _failing_at_times(getattr(Inbox, name), errors))
    for name in ("finish", "opened", "replies_in"):
        monkeypatch.setattr(Outbox, name, _failing_at_times(getattr(Outbox, name), errors))
    async with working(settings, database, Echo(), claim_seconds=1.0, max_attempts=9):
        for number in range(4):
            for person in people:
                await asyncio.to_thread(person.write, f"m{number}")
        await until(lambda: all(len(person.replies()) == 4 for person in people))
    assert list(errors) == []
    for person in people:
        assert person.replies() == [f"m{n} after {n}" for n in range(4)]


def _failing_at_times(real: Callable[..., object], errors: object) -> Callable[..., object]:
    calls = iter(range(10**9))

    def call(*arguments: object, **keywords: object) -> object:
        if next(calls) % 2:
            for error in errors:  # type: ignore[attr-defined]
                raise error
        return real(*arguments, **keywords)

    return call
