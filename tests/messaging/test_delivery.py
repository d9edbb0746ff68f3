"""Replies reach the provider: all, in order, again where it failed, not where it makes no sense."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot.messaging import delivery as module
from bot.messaging import looking, outgoing
from bot.messaging.contents import Reply
from bot.messaging.outgoing import Outgoing, OutgoingMessages
from bot.messaging.sender import (
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    StoppedError,
    TryLaterError,
    is_too_late,
)
from bot.messaging.statuses import Statuses
from bot.messaging.underway import Underway
from bot.settings import DeliverySettings
from bot.storage.database import Database
from bot.storage.tables import addresses, outbox
from tests.messaging.provider import CHANNEL, SETTINGS, Post, Recipient, delivering
from tests.messaging.stand_in import Person, claim, process_logging
from tests.messaging.working_brain import until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of seconds."""
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(module, "SECOND_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(outgoing, "LOOK_AT_LEFT_SECONDS", 0.0)


def set_outbox(database: Database, row_id: int, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(update(outbox).where(outbox.c.id == row_id).values(**values))


def set_address(database: Database, person: Recipient, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(
            update(addresses).where(addresses.c.id == person.address.id).values(**values)
        )


async def test_replies_are_sent_in_their_order(database: Database) -> None:
    """Ten people, five replies each, a provider that takes its time."""

    async def slow(_address: str, _text: str) -> None:
        await asyncio.sleep(random.random() * 0.02)  # noqa: S311

    post = Post(before=slow)
    people = [Recipient(database, f"p{number}") for number in range(10)]
    async with delivering(database, post):
        for number in range(5):
            for person in people:
                await asyncio.to_thread(person.answered, f"{number} a", f"{number} b")
        await until(lambda: len(post.sent) == 100)
        await until(lambda: all(set(person.states()) == {"sent"} for person in people))
    expected = [f"{number} {letter}" for number in range(5) for letter in "ab"]
    for person in people:
        assert post.texts(person.name) == expected
    assert not post.overlaps
    assert post.closed
    assert all(row["provider_id"] and row["uuid"] for p in people for row in p.rows())


async def test_a_channel_whose_page_comes_for_messages_is_left_alone(database: Database) -> None:
    person = Person(database)
    person.write("hola")
    from bot.messaging.outbox import Outbox

    Outbox(database).finish(claim(database), "brain", [Reply("Sí")], {})
    other = Recipient(database, "other")
    other.answered("Sí")
    post = Post()
    async with delivering(database, post):
        await until(lambda: post.sent)
        await asyncio.sleep(0.2)
    assert post.texts() == ["Sí"]
    assert person.replies() == ["Sí"]


async def test_what_waits_for_a_channel_that_nobody_sends_waits(database: Database) -> None:
    person = Recipient(database, "a", channel="pigeon")
    person.answered("Sí")
    async with delivering(database, Post()):
        await asyncio.sleep(0.3)
    assert person.states() == ["waiting"]


async def test_a_provider_in_trouble_is_tried_again(database: Database) -> None:
    """And nothing overtakes what is tried again."""
    failures = {"uno": 3, "tres": 2}

    async def failing(_address: str, text: str) -> None:
        if failures.get(text, 0):
            failures[text] -= 1
            raise TryLaterError("503")

    post = Post(before=failing)
    person = Recipient(database, "a")
    person.answered("uno", "dos", "tres", "cuatro")
    async with delivering(database, post):
        await until(lambda: person.states() == ["sent"] * 4)
    assert post.texts() == ["uno", "dos", "tres", "cuatro"]
    assert person.rows()[0]["attempts"] == 4
    assert person.rows()[0]["error"] is None


async def test_waits_double(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(_address: str, _text: str) -> None:
        raise TryLaterError("503")

    waits: list[float] = []
    real = OutgoingMessages.later

    def later(self: OutgoingMessages, message: object, seconds: float, code: str) -> None:
        waits.append(seconds)
        real(self, message, 0.0, code)  # type: ignore[arg-type]

    monkeypatch.setattr(OutgoingMessages, "later", later)
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 2.0)
    monkeypatch.setattr(module, "MOST_ATTEMPTS", 12)
    person = Recipient(database, "a")
    person.answered("uno", "dos")
    with process_logging():
        async with delivering(database, Post(before=failing)):
            await until(lambda: person.states() == ["failed", "failed"])
    assert waits[:11] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert person.rows()[0]["error"] == "503"


async def test_the_providers_own_wait_is_kept(database: Database) -> None:
    """429: the whole channel waits, other channels do not."""
    tries: list[float] = []
    loop = asyncio.get_running_loop()

    async def busy(_address: str, _text: str) -> None:
        tries.append(loop.time())
        if len(tries) == 1:
            raise TryLaterError("429", seconds=3.0, whole_channel=True)

    post, other = Post(before=busy), Post(channel="other")
    first, second = Recipient(database, "a"), Recipient(database, "b")
    first.answered("uno")
    async with delivering(database, post, other):
        await until(lambda: tries)
        await asyncio.sleep(0.1)
        second.answered("dos")
        third = Recipient(database, "c", channel="other")
        third.answered("tres")
        await until(lambda: other.sent)
        assert len(tries) == 1
        await until(lambda: first.states() == second.states() == ["sent"])
    assert tries[1] - tries[0] >= 2.9


async def test_what_only_an_operator_can_mend_waits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is tried: nobody's message fails for it. It is said once, and when it is
    over."""
    monkeypatch.setattr(module, "OPERATOR_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(module, "MOST_ATTEMPTS", 3)
    tries: list[str] = []
    mended = False

    async def unknown(_address: str, text: str) -> None:
        tries.append(text)
        if not mended:
            raise OperatorError("20003")

    post, other = Post(before=unknown), Post(channel="other")
    people = [Recipient(database, name) for name in "ab"]
    for person in people:
        person.answered("uno", "dos")
    third = Recipient(database, "c", channel="other")
    third.answered("tres")
    with process_logging() as printed:
        async with delivering(database, post, other):
            await until(lambda: len(tries) >= 10)
            assert {row["attempts"] for person in people for row in person.rows()} <= {0, 1}
            assert other.texts() == ["tres"]
            mended = True
            await until(lambda: all(person.states() == ["sent"] * 2 for person in people))
    assert post.texts("a") == post.texts("b") == ["uno", "dos"]
    assert printed.getvalue().count("20003") == 1
    assert printed.getvalue().count("takes messages again") == 1


async def test_what_was_not_shown_is_sent_plainly(database: Database) -> None:
    post = Post()
    person = Recipient(database, "a")
    person.answered("uno\ndos")
    async with delivering(database, post):
        await until(lambda: person.states() == ["sent"])
        name = f"{person.rows()[0]['uuid']}.2.2"
        assert Statuses(database).failed(name, NotShownError("63013"))
        await until(lambda: len(post.sent) == 3 and person.states() == ["sent"])
    assert post.texts() == ["uno", "dos", "dos (plain)"]


async def test_what_is_refused_is_not_tried_again(database: Database) -> None:
    async def refusing(_address: str, text: str) -> None:
        if text == "uno":
            raise RefusedError("21211")

    post = Post(before=refusing)
    person = Recipient(database, "a")
    person.answered("uno", "dos")
    with process_logging() as printed:
        async with delivering(database, post):
            await until(lambda: person.states() == ["failed", "sent"])
    assert (person.rows()[0]["error"], person.rows()[0]["attempts"]) == ("21211", 1)
    assert "21211" in printed.getvalue()
    assert "uno" not in printed.getvalue()


async def test_an_error_of_our_own_is_tried_again_and_not_told(database: Database) -> None:
    failures = iter([ValueError("uno is what they were told"), None])

    async def failing(_address: str, _text: str) -> None:
        if error := next(failures, None):
            raise error

    post = Post(before=failing)
    person = Recipient(database, "a")
    person.answered("uno")
    with process_logging() as printed:
        async with delivering(database, post):
            await until(lambda: person.states() == ["sent"])
    assert "ValueError" in printed.getvalue()
    assert "they were told" not in printed.getvalue()


async def test_a_call_that_hangs_is_ended(database: Database) -> None:
    tries: list[str] = []

    async def hanging(_address: str, text: str) -> None:
        tries.append(text)
        if len(tries) == 1:
            await asyncio.sleep(60)

    post = Post(before=hanging)
    person = Recipient(database, "a")
    person.answered("uno")
    settings = DeliverySettings(send_seconds=0.2)
    async with delivering(database, post, settings=settings):
        await until(lambda: person.states() == ["sent"])
    assert len(tries) == 2


async def test_parts_that_were_taken_are_not_sent_again(database: Database) -> None:
    failures = {"dos": 2}

    async def failing(_address: str, text: str) -> None:
        if failures.get(text, 0):
            failures[text] -= 1
            raise TryLaterError("503")

    post = Post(before=failing)
    person = Recipient(database, "a")
    person.answered("uno\ndos\ntres")
    async with delivering(database, post):
        await until(lambda: person.states() == ["sent"])
    assert post.texts() == ["uno", "dos", "tres"]
    names = [name.split(".", 1) for _, _, name in post.sent]
    assert {uuid for uuid, _ in names} == {person.rows()[0]["uuid"]}
    assert [part for _, part in names] == ["1.3", "2.3", "3.3"]


async def test_a_reply_without_content_is_not_sent(database: Database) -> None:
    """Somebody's messages were erased while they waited."""
    person = Recipient(database, "a")
    (row_id,) = person.answered("uno")
    set_outbox(database, row_id, content_sealed=database.cipher.seal({}))
    person.answered("dos")
    post = Post()
    with process_logging():
        async with delivering(database, post):
            await until(lambda: person.states() == ["failed", "sent"])
    assert post.texts() == ["dos"]


async def test_a_reply_that_no_key_opens_does_not_stop_the_others(database: Database) -> None:
    person = Recipient(database, "a")
    (row_id,) = person.answered("uno")
    set_outbox(database, row_id, content_sealed=b"nothing")
    person.answered("dos")
    post = Post()
    with process_logging():
        async with delivering(database, post):
            await until(lambda: person.states() == ["failed", "sent"])
    assert person.rows()[0]["error"] == "unreadable"


# --- who wants no messages ---------------------------------------------------------------------


async def test_who_blocked_us_is_sent_nothing_more(database: Database) -> None:
    async def blocked(_address: str, _text: str) -> None:
        raise StoppedError

    post = Post(before=blocked)
    person = Recipient(database, "a")
    person.answered("uno", "dos", "tres")
    with process_logging():
        async with delivering(database, post):
            await until(lambda: person.states() == ["failed"] * 3)
    assert {row["error"] for row in person.rows()} == {"stopped"}
    assert sum(row["attempts"] for row in person.rows()) == 1


async def test_what_is_for_somebody_who_wants_nothing_ends_unsent(database: Database) -> None:
    person, other = Recipient(database, "a"), Recipient(database, "b")
    person.answered("uno", "dos")
    set_address(database, person, stopped_at=1.0)
    other.answered("tres")
    post = Post()
    async with delivering(database, post):
        await until(lambda: person.states() == ["failed"] * 2 and other.states() == ["sent"])
    assert post.texts() == ["tres"]


# --- the window --------------------------------------------------------------------------------


async def test_outside_the_window_a_person_is_invited_and_the_reply_waits(
    database: Database,
) -> None:
    post = Post(window_seconds=100, invitation="HX")
    person = Recipient(database, "a")
    person.answered("uno", "dos")
    set_address(database, person, last_heard_at=1.0)
    async with delivering(database, post):
        await until(lambda: person.rows()[0]["error"] == "outside_window")
        await asyncio.sleep(0.3)
        assert (post.invited, post.texts()) == (["a"], [])
        assert person.states() == ["waiting", "waiting"]
        person.write("sí")
        await until(lambda: person.states() == ["sent", "sent"])
    assert (post.invited, post.texts()) == (["a"], ["uno", "dos"])
    assert post.invited_in == ["en"]


async def test_the_provider_says_that_the_window_is_closed(database: Database) -> None:
    """Though we believe that it is open."""
    closed = True

    async def outside(_address: str, _text: str) -> None:
        if closed:
            raise OutsideWindowError

    post = Post(window_seconds=100, before=outside)
    person = Recipient(database, "a")
    person.answered("uno")
    async with delivering(database, post):
        await until(lambda: person.rows()[0]["error"] == "outside_window")
        assert person.rows()[0]["due_at"] is None
        closed = False
        person.write("sí")
        await until(lambda: person.states() == ["sent"])
    assert not post.invited


async def test_who_writes_while_they_are_invited_is_not_forgotten(database: Database) -> None:
    messages = OutgoingMessages(database)
    person = Recipient(database, "a")
    person.answered("uno")
    set_address(database, person, last_heard_at=1.0)
    claimed = messages.claim("gateway", [CHANNEL], 60)
    assert claimed
    assert not claimed.heard_within(100)
    person.write("ya estoy aquí")
    messages.hold(claimed)
    again = messages.claim("gateway", [CHANNEL], 60)
    assert again
    assert again.heard_within(100)


# --- claims ------------------------------------------------------------------------------------


async def test_what_a_dead_process_was_sending_is_sent_again_later(database: Database) -> None:
    messages = OutgoingMessages(database)
    person = Recipient(database, "a")
    person.answered("uno", "dos")
    assert messages.claim("dead", [CHANNEL], 0.6)
    assert person.states() == ["sending", "waiting"]
    post = Post()
    with process_logging() as printed:
        async with delivering(database, post):
            await asyncio.sleep(0.3)
            assert not post.sent
            await until(lambda: person.states() == ["sent", "sent"])
    assert post.texts() == ["uno", "dos"]
    assert "not known if it was taken" in printed.getvalue()


async def test_what_a_dead_process_had_sent_is_not_sent_again_where_a_status_tells(
    database: Database,
) -> None:
    messages = OutgoingMessages(database)
    person = Recipient(database, "a")
    person.answered("uno", "dos")
    claimed = messages.claim("dead", [CHANNEL], 0.5)
    assert claimed
    post = Post()
    async with delivering(database, post):
        assert Statuses(database).progressed(f"{claimed.uuid}.1.1", "sent", "SM1")
        await until(lambda: person.states() == ["sent", "sent"])
        await asyncio.sleep(0.6)
    assert post.texts() == ["dos"]


@pytest.mark.parametrize(("parts", "last"), [(1, False), (2, True)], ids=["a part", "all of it"])
async def test_who_could_not_note_it_yet_is_given_a_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch, parts: int, last: bool
) -> None:
    """The database stood still until the claim had run out; another took the message first."""
    monkeypatch.setattr(module, "SECOND_LOOK_SECONDS", 0.5)
    messages, person, post = OutgoingMessages(database), Recipient(database, "a"), Post()
    person.answered("uno\ndos")
    slow = messages.claim("slow", [CHANNEL], 0.0)
    assert slow
    async with delivering(database, post):
        await until(lambda: person.rows()[0]["attempts"] == 2)
        ours = messages.part_sent(slow, parts, last, "SM1", 60)
        assert ours == last
        await until(lambda: person.states() == ["sent"])
    assert post.texts() == ([] if last else ["dos"])


def test_two_loops_never_hold_one_conversation(database: Database) -> None:
    messages = OutgoingMessages(database)
    first, second = Recipient(database, "a"), Recipient(database, "b")
    first.answered("uno", "dos")
    second.answered("tres")
    held = [messages.claim(name, [CHANNEL], 60) for name in ("x", "y", "z")]
    assert [found and found.conversation_id for found in held] == [
        first.address.conversation_id,
        second.address.conversation_id,
        None,
    ]


async def test_two_loops_send_each_reply_once(database: Database) -> None:
    async def slow(_address: str, _text: str) -> None:
        await asyncio.sleep(random.random() * 0.01)  # noqa: S311

    post = Post(before=slow)
    people = [Recipient(database, f"p{number}") for number in range(6)]
    async with delivering(database, post), delivering(database, post):
        for number in range(6):
            for person in people:
                await asyncio.to_thread(person.answered, f"{number}")
        await until(lambda: all(person.states() == ["sent"] * 6 for person in people))
    for person in people:
        assert post.texts(person.name) == [str(number) for number in range(6)]
    assert not post.overlaps


def test_a_claim_that_passed_to_another_changes_nothing(database: Database) -> None:
    messages = OutgoingMessages(database)
    person = Recipient(database, "a")
    person.answered("uno")
    lost = messages.claim("x", [CHANNEL], -1)
    held = messages.claim("y", [CHANNEL], 60)
    assert lost
    assert held
    assert held.uncertain
    assert held.uuid == lost.uuid
    messages.fail(lost, "21211")
    messages.later(lost, 5, "503")
    messages.hold(lost)
    assert not messages.part_sent(lost, 1, False, "SM1", 60)
    assert messages.look_again(lost, 60) is None
    assert person.states() == ["sending"]
    # But that the provider took it is true whoever holds it.
    assert messages.part_sent(lost, 1, True, "SM1", 60)
    assert person.states() == ["sent"]
    messages.fail(held, "21211")
    assert person.states() == ["sent"]


async def test_what_is_being_sent_is_brought_to_its_end_when_the_process_ends(
    database: Database,
) -> None:
    async def slow(_address: str, _text: str) -> None:
        await asyncio.sleep(0.3)

    post = Post(before=slow)
    person = Recipient(database, "a")
    person.answered("uno")
    async with delivering(database, post):
        await until(lambda: post.sending)
    assert person.states() == ["sent"]


@pytest.mark.parametrize("uncertain", [False, True])
async def test_what_is_claimed_just_as_the_process_ends_is_given_back(
    database: Database, monkeypatch: pytest.MonkeyPatch, uncertain: bool
) -> None:
    """What may have been sent before is not: a status has the time of a claim to tell."""
    claimed, go_on = threading.Event(), threading.Event()
    real = OutgoingMessages.claim

    def claim_slowly(self: OutgoingMessages, *arguments: Any) -> Outgoing | None:
        found = real(self, *arguments)
        claimed.set()
        go_on.wait(10)
        return found

    person, post = Recipient(database, "a"), Post()
    person.answered("uno")
    if uncertain:
        assert OutgoingMessages(database).claim("dead", [CHANNEL], -1)
    monkeypatch.setattr(OutgoingMessages, "claim", claim_slowly)
    async with delivering(database, post):
        await until(claimed.is_set)
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert person.states() == ["sending" if uncertain else "waiting"]
    assert post.texts() == []
    if not uncertain:
        async with delivering(database, post):
            await until(lambda: person.states() == ["sent"])
        assert post.texts() == ["uno"]


async def test_what_was_taken_is_noted_when_the_database_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes away between the provider's taking a message and our noting of it: nobody gets it
    twice."""
    monkeypatch.setattr(module, "NOTE_AGAIN_SECONDS", 0.01)
    away = iter(range(5))
    real = OutgoingMessages.part_sent

    def note(self: OutgoingMessages, *arguments: object) -> bool:
        for _ in away:
            raise OperationalError("gone", {}, Exception())
        return real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(OutgoingMessages, "part_sent", note)
    person, post = Recipient(database, "a"), Post()
    person.answered("uno", "dos")
    with process_logging() as printed:
        async with delivering(
            database, post, settings=DeliverySettings(at_once=8, send_seconds=0.3)
        ):
            await until(lambda: person.states() == ["sent", "sent"])
    assert post.texts() == ["uno", "dos"]
    assert printed.getvalue().count("not noted yet") == 5


async def test_what_is_not_noted_yet_is_not_sent_again_by_its_own_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database stands still for longer than the claim lasts, though not for the claims."""
    real = OutgoingMessages.part_sent

    def note(self: OutgoingMessages, *arguments: Any) -> bool:
        time.sleep(1.0)
        return real(self, *arguments)

    monkeypatch.setattr(OutgoingMessages, "part_sent", note)
    person, post = Recipient(database, "a"), Post()
    person.answered("uno", "dos")
    async with delivering(database, post, settings=DeliverySettings(at_once=8, send_seconds=0.2)):
        await until(lambda: person.states() == ["sent", "sent"])
    assert post.texts() == ["uno", "dos"]


async def test_a_process_that_stood_still_does_not_send_what_another_may_be_sending(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its claim and its call it stops for longer than the claim, and goes on."""
    real, stops = OutgoingMessages.claim, iter([60.0])

    def then_stand_still(self: OutgoingMessages, name: str, *arguments: Any) -> Outgoing | None:
        claimed = real(self, name, *arguments)
        if claimed and claimed.reply and claimed.reply.text == "dos":
            before = claimed.claimed_from - next(stops, 0.0)
            return dataclasses.replace(claimed, claimed_from=before)
        return claimed

    monkeypatch.setattr(OutgoingMessages, "claim", then_stand_still)
    person, post = Recipient(database, "a"), Post()
    person.answered("uno", "dos", "tres")
    async with delivering(database, post):
        await until(lambda: person.states() == ["sent"] * 3)
    assert post.texts() == ["uno", "dos", "tres"]
    assert [row["attempts"] for row in person.rows()] == [1, 2, 1]


async def test_a_sender_is_told_by_when_a_message_has_to_leave(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its process may have been late with, another is sending by then."""
    asked: list[bool] = []
    real = time.monotonic

    async def stand_still(_address: str, _text: str) -> None:
        asked.append(is_too_late())
        with monkeypatch.context() as patch:
            patch.setattr(time, "monotonic", lambda: real() + SETTINGS.claim_seconds)
            asked.append(is_too_late())

    person, post = Recipient(database, "a"), Post(before=stand_still)
    person.answered("uno")
    async with delivering(database, post):
        await until(lambda: person.states() == ["sent"])
    assert asked == [False, True]


async def test_by_when_it_has_to_leave_is_counted_from_when_it_had_to_begin(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process stands still right after it looked whether there is time to begin."""
    real = time.monotonic

    class StandsStill(Underway):
        @contextmanager
        def going(self, name: str) -> Iterator[None]:
            monkeypatch.setattr(time, "monotonic", lambda: real() + SETTINGS.claim_seconds)
            with super().going(name):
                yield

    asked: list[bool] = []

    async def ask(_address: str, _text: str) -> None:
        asked.append(is_too_late())

    person, post = Recipient(database, "a"), Post(before=ask)
    person.answered("uno")
    async with delivering(database, post, underway=StandsStill()):
        await until(lambda: bool(asked))
    assert asked == [True]


def test_a_clock_that_was_set_back_shortens_no_claim(database: Database) -> None:
    """Else what has several parts is sent by another while it is being sent."""
    person, messages = Recipient(database, "a"), OutgoingMessages(database)
    person.answered("uno")
    claimed = messages.claim("gateway", [CHANNEL], 60)
    assert claimed is not None
    with database.writing() as connection:  # as if its clock had been an hour ahead
        later = database.now(connection) + 3600
        connection.execute(update(outbox).values(claimed_until=later))
    assert messages.part_sent(claimed, 1, False, "SM1", 60)
    with database.reading() as connection:
        assert connection.execute(select(outbox.c.claimed_until)).scalar_one() == later
