"""The brain's loop, with an assistant that echoes: order, side by side, options, wake-ups."""

from __future__ import annotations

import asyncio

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.heartbeat import alive
from bot.messaging.outbox import Outbox
from bot.settings import Settings
from bot.storage.database import Database
from tests.messaging.stand_in import Echo, Person, claim
from tests.messaging.working_brain import until, working


async def test_messages_are_answered_in_order(settings: Settings, database: Database) -> None:
    people = [Person(database) for _ in range(5)]
    for number in range(6):
        for person in people:
            person.write(f"m{number}")
    echo = Echo()
    async with working(settings, database, echo):
        await until(lambda: all(len(person.replies()) == 6 for person in people))
    assert echo.overlaps == []
    for person in people:
        assert person.replies() == [f"m{number} after {number}" for number in range(6)]


async def test_a_message_that_arrives_later_wakes_the_brain(
    settings: Settings, database: Database
) -> None:
    person = Person(database)
    async with working(settings, database, Echo()):
        await asyncio.sleep(0.3)
        await asyncio.to_thread(person.write, "hola")
        await until(lambda: person.replies() == ["hola after 0"])


async def test_conversations_are_handled_side_by_side(
    settings: Settings, database: Database
) -> None:
    people = [Person(database) for _ in range(6)]
    for person in people:
        person.write("hola")
    everybody = asyncio.Event()
    echo = Echo()

    async def wait_for_all(_inbox_id: int, _text: str) -> None:
        if len(echo.running) == 4:
            everybody.set()
        await everybody.wait()

    echo.before = wait_for_all
    async with working(settings, database, echo, brain_concurrency=4):
        await until(lambda: all(person.replies() for person in people))
    assert echo.most_at_once == 4


async def test_a_slow_conversation_keeps_no_other_waiting(
    settings: Settings, database: Database
) -> None:
    slow, quick = Person(database), Person(database)
    slow.write("slow")
    quick.write("quick")
    go_on = asyncio.Event()

    async def wait(_inbox_id: int, text: str) -> None:
        if text == "slow":
            await go_on.wait()

    async with working(settings, database, Echo(before=wait), brain_concurrency=2):
        await until(quick.replies)
        assert slow.replies() == []
        go_on.set()
        await until(slow.replies)


async def test_an_option_is_meant_by_its_id_by_its_number_and_by_its_title(
    settings: Settings, database: Database
) -> None:
    person = Person(database)
    person.write("hola")
    claimed = claim(database)
    options = tuple(
        Option(f"{claimed.inbox_id}.0.{n}", title, f"ask_{n}", {})
        for n, title in enumerate(("Cuánto cuesta", "Qué cubre"), start=1)
    )
    Outbox(database).finish(claimed, "brain", [Reply("¿Qué?", options)], {"heard": []})
    echo = Echo(options=options)
    for content in (
        Incoming("Qué cubre", options[1].id),
        Incoming("2"),
        Incoming("que cubre?"),
        Incoming("no sé"),
        Incoming("1", "1.9.9"),
        Incoming("persona"),
    ):
        person.send(content)
    async with working(settings, database, echo):
        await until(lambda: len(echo.calls) == 6)
    chosen = [option.intent if option else None for _, _, option in echo.calls]
    assert chosen == ["ask_2", "ask_2", "ask_2", None, None, "talk_to_agent"]


async def test_the_brain_says_that_it_is_alive_until_it_ends(
    settings: Settings, database: Database
) -> None:
    async with working(settings, database, Echo()) as brain:
        await until(lambda: alive(database, "brain") == [brain.name])
    assert alive(database, "brain") == []


async def test_two_brains_share_the_work(settings: Settings, database: Database) -> None:
    people = [Person(database) for _ in range(6)]
    echo = Echo()
    async with working(settings, database, echo), working(settings, database, echo):
        for number in range(5):
            for person in people:
                await asyncio.to_thread(person.write, f"m{number}")
        await until(lambda: all(len(person.replies()) == 5 for person in people))
    assert echo.overlaps == []
    assert len(echo.calls) == 30
    for person in people:
        assert person.replies() == [f"m{n} after {n}" for n in range(5)]
