"""The inbox: what is received is stored once, and claimed in order by one brain at a time."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.messaging import inbox as inbox_module
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.encryption import Cipher
from bot.storage.tables import conversations, inbox
from tests.messaging.agents import Desk
from tests.messaging.stand_in import Person, claim
from tests.support.listening import told_on
from tests.support.plans import count_rows, plan_for_any_values, plan_of, watched


def _expire(database: Database) -> None:
    """Time passes: every claim runs out."""
    with database.writing() as connection:
        connection.execute(
            update(inbox).where(inbox.c.claimed_until.is_not(None)).values(claimed_until=1.0)
        )


def test_an_address_has_one_conversation(database: Database) -> None:
    box = Inbox(database)
    assert box.find_address("sms", "+13125550123") is None
    opened = box.open_address("sms", "+13125550123")
    assert (
        box.open_address("sms", "+13125550123") == opened == box.find_address("sms", "+13125550123")
    )
    assert box.open_address("whatsapp", "+13125550123") != opened


def test_an_address_that_several_open_at_once_has_one_conversation(database: Database) -> None:
    together = threading.Barrier(6)

    def open_address(_: int) -> int:
        together.wait()
        return Inbox(database).open_address("sms", "+13125550123").conversation_id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(open_address, range(6)))) == 1
    with database.reading() as connection:
        assert len(connection.execute(select(conversations.c.id)).all()) == 1


def test_a_message_received_again_is_stored_once(database: Database) -> None:
    person = Person(database)
    first = person.inbox.receive("web", person.address, "SM1", Incoming("hola"))
    again = person.inbox.receive("web", person.address, "SM1", Incoming("hola"))
    assert (first.again, again.again) == (False, True)
    assert first.position == again.position
    assert person.seen() == [("user", "hola")]
    assert person.write("otra") == first.position + 1


def test_a_message_that_arrives_many_times_at_once_is_stored_once(database: Database) -> None:
    person = Person(database)
    together = threading.Barrier(6)

    def receive(_: int) -> bool:
        together.wait()
        return person.inbox.receive("web", person.address, "SM1", Incoming("hola")).again

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(receive, range(6))) == [False] + [True] * 5
    assert person.seen() == [("user", "hola")]


def test_the_same_provider_id_on_another_channel_is_another_message(database: Database) -> None:
    person = Person(database)
    elsewhere = person.inbox.open_address("sms", "+13125550123")
    person.inbox.receive("web", person.address, "1", Incoming("uno"))
    assert not person.inbox.receive("sms", elsewhere, "1", Incoming("dos")).again


def test_messages_are_claimed_oldest_first(database: Database) -> None:
    people = [Person(database) for _ in range(3)]
    for number, person in enumerate(reversed(people)):
        person.write(str(number))
    # Neither an index nor the place in the file gives the order by chance.
    Inbox(database).release(claim(database), "brain")
    with database.writing() as connection:
        connection.exec_driver_sql("DROP INDEX ix_inbox_ready")
    assert [claim(database).content for _ in people] == [Incoming(str(n)) for n in range(3)]
    assert Inbox(database).claim("brain", 60) is None


def test_a_conversation_is_held_by_one_brain(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    claim(database, "a")
    assert Inbox(database).claim("b", 60) is None
    assert Inbox(database).claim("a", 60) is None


def test_the_next_message_waits_for_the_end_of_the_one_before(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    Outbox(database).finish(claim(database), "brain", [Reply("1")], {})
    assert claim(database).content == Incoming("dos")


def test_a_message_after_one_that_was_set_aside_is_claimed(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    Outbox(database).finish(claim(database), "brain", [Reply("perdón")], None, state="set_aside")
    assert claim(database).content == Incoming("dos")


def test_a_claim_that_ran_out_passes_on_and_counts(database: Database) -> None:
    Person(database).write("uno")
    first = claim(database, "a")
    _expire(database)
    second = claim(database, "b")
    assert (first.inbox_id, first.attempts) == (second.inbox_id, 1)
    assert second.attempts == 2
    assert Inbox(database).renew([first], "a", 60) == [first]
    assert Inbox(database).renew([second], "b", 60) == []


def test_an_earlier_claim_of_the_same_brain_is_lost_too(database: Database) -> None:
    Person(database).write("uno")
    first = claim(database, "a")
    _expire(database)
    second = claim(database, "a")
    box = Inbox(database)
    assert box.renew([first], "a", 60) == [first]
    box.release(first, "a")
    assert box.claim("b", 60) is None
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(first, "a", [Reply("late")], {})
    Outbox(database).finish(second, "a", [Reply("in time")], {})


def test_a_claim_that_is_renewed_does_not_run_out(database: Database) -> None:
    Person(database).write("uno")
    held = claim(database, "a", seconds=0)
    assert Inbox(database).renew([held], "a", 60) == []
    assert Inbox(database).claim("b", 60) is None


def test_of_claims_that_are_renewed_each_is_looked_at(database: Database) -> None:
    for address in ("one", "two", "three"):
        Person(database, address).write("uno")
    claims = [claim(database, "a") for _ in range(3)]
    _expire(database)
    passed_on = claim(database, "b")
    with watched() as asked:
        lost = Inbox(database).renew(claims, "a", 60)
    assert [one.inbox_id for one in lost] == [passed_on.inbox_id]
    assert Inbox(database).claim("c", 60) is None
    if database.is_sqlite:  # were others to write in between, each would wait for the lock again
        assert [statement for statement, _ in asked].count("BEGIN IMMEDIATE") == 1


def test_a_claim_given_back_may_be_taken_after_a_while(database: Database) -> None:
    Person(database).write("uno")
    box = Inbox(database)
    box.release(claim(database, "a"), "a", after_seconds=60)
    assert box.claim("b", 60) is None
    _expire(database)
    box.release(claim(database, "a"), "a")
    assert claim(database, "b").attempts == 3


def test_what_cannot_be_read_is_claimed_all_the_same(database: Database) -> None:
    """Or the message would stop every brain that looks for work."""
    other = Database(database.url, Cipher(["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA="], "x"))
    Person(other, "somebody").write("uno")
    other.dispose()
    assert claim(database).content is None


def test_two_brains_hold_no_conversation_at_once(database: Database) -> None:
    """200 messages of 20 conversations, 4 workers: each once, in order, no conversation in two
    hands."""
    people = [Person(database) for _ in range(20)]
    for number in range(10):
        for person in people:
            person.write(str(number))
    held: dict[int, str] = {}
    overlaps: list[int] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        box, out = Inbox(database), Outbox(database)
        while True:
            claimed = box.claim(name, 60)
            if claimed is None:
                with lock:
                    if not held:
                        return
                continue
            with lock:
                if claimed.conversation_id in held:
                    overlaps.append(claimed.conversation_id)
                held[claimed.conversation_id] = name
            assert claimed.content is not None
            heard = [*(out.snapshot(claimed.conversation_id) or {"heard": []})["heard"]]
            heard.append(claimed.content.text)
            with lock:
                del held[claimed.conversation_id]
            out.finish(claimed, name, [Reply(claimed.content.text)], {"heard": heard})

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, f"brain-{n}") for n in range(4)]:
            done.result(timeout=120)
    assert overlaps == []
    for person in people:
        assert person.replies() == [str(number) for number in range(10)]
        assert Outbox(database).snapshot(person.conversation) == {
            "heard": [str(number) for number in range(10)]
        }


@pytest.fixture
def looked(database: Database, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """An inbox that looked at all a moment ago, and does not for long."""
    monkeypatch.setattr(inbox_module, "LOOK_AT_ALL_SECONDS", 1e9)
    box = Inbox(database)
    assert box.claim("brain", 60) is None
    return box


def test_the_claim_does_not_read_past_what_was_ever_handled(
    database: Database, looked: Inbox
) -> None:
    """Without its index the search for the oldest waiting message reads every message of the
    past."""
    people = [Person(database) for _ in range(4)]
    with database.writing() as connection:
        rows = [
            {
                "conversation_id": people[n % 4].conversation,
                "address_id": people[n % 4].address.id,
                "position": 100 + n,
                "channel": "old",
                "provider_id": str(n),
                "content_sealed": b"",
                "received_at": 0.0,
                "state": "done",
            }
            for n in range(4000)
        ]
        connection.execute(inbox.insert(), rows)
    people[0].write("hola")
    with watched() as statements:
        assert looked.claim("brain", 60) is not None
    search, parameters = next(one for one in statements if "LIMIT" in one[0])
    plan = plan_of(database, search, parameters)
    assert "ix_inbox_ready" in plan
    if not database.is_sqlite:
        assert "ix_inbox_ready" in plan_for_any_values(database, "%behind = 0%LIMIT%")
    # Nor past all that waits, for each that waits.
    assert "Anti Join" not in plan


def test_who_looks_at_all_that_waits_reads_nothing_that_was_handled(database: Database) -> None:
    """Where PostgreSQL counted while much waited, it would go through all there ever was in its
    order, because it believes that one of those waits soon."""
    person = Person(database)
    for number in range(300):
        person.write(str(number))
    count_rows(database)
    with database.writing() as connection:
        connection.execute(update(inbox).values(state="done"))
    with watched() as statements:
        assert Inbox(database).claim("brain", 60) is None
    search, parameters = next(one for one in statements if "LIMIT" in one[0])
    if database.is_sqlite:
        assert "ix_inbox_waiting_id" in plan_of(database, search, parameters)
    else:
        assert "ix_inbox_waiting_id" in plan_for_any_values(database, "%inbox%LIMIT%")


def test_what_waited_behind_another_is_found_when_that_is_done(
    database: Database, looked: Inbox
) -> None:
    """In any order of writing and answering, without looking at all that waits."""
    rng = random.Random(7)  # noqa: S311
    people = [Person(database) for _ in range(3)]
    wrote: list[list[str]] = [[] for _ in people]
    held: list[Claimed] = []
    for step in range(120):
        if step < 80 and rng.random() < 0.6:
            who = rng.randrange(3)
            wrote[who].append(str(step))
            people[who].write(str(step))
        elif held and rng.random() < 0.5:
            one = held.pop(rng.randrange(len(held)))
            assert one.content
            Outbox(database).finish(one, "brain", [Reply(one.content.text)], {})
        elif claimed := looked.claim("brain", 60):
            held.append(claimed)
            assert len({one.conversation_id for one in held}) == len(held)
    while one := held.pop() if held else looked.claim("brain", 60):
        assert one.content
        Outbox(database).finish(one, "brain", [Reply(one.content.text)], {})
    assert [person.replies() for person in people] == wrote


def test_what_stayed_behind_what_an_agent_took_is_found_after_the_hand_back(
    database: Database, looked: Inbox
) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    event = {"errand": "status", "outcome": "done", "answer": {}}
    person.send(Incoming(event=event))
    ana.take_over(person.conversation)
    ana.hand_back(person.conversation)
    found = looked.claim("brain", 60)
    assert found is not None
    assert found.content == Incoming(event=event)


def test_what_is_given_back_wakes_another_brain(postgres_database: Database) -> None:
    """Unless it is to wait for a while."""
    person, box = Person(postgres_database), Inbox(postgres_database)
    person.write("hola")
    claimed = claim(postgres_database)
    with told_on(postgres_database, NOTIFY_CHANNEL_INBOX) as told:
        box.release(claimed, "brain")
    assert told == [str(person.conversation)]
    claimed = claim(postgres_database)
    with told_on(postgres_database, NOTIFY_CHANNEL_INBOX) as told:
        box.release(claimed, "brain", 60)
    assert told == []


def test_what_nobody_let_come_is_found_when_all_is_looked_at(
    database: Database, looked: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    with database.writing() as connection:
        # As what takes a message out of the way without a turn.
        connection.execute(inbox.update().where(inbox.c.position == 1).values(state="erased"))
    assert looked.claim("brain", 60) is None
    monkeypatch.setattr(inbox_module, "LOOK_AT_ALL_SECONDS", 0.0)
    found = looked.claim("brain", 60)
    assert found is not None
    assert found.content == Incoming("dos")
    assert looked.claim("brain", 60) is None


def test_the_hint_of_an_older_version_disorders_nothing(database: Database, looked: Inbox) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    with database.writing() as connection:
        connection.execute(inbox.update().values(behind=0))
    first = looked.claim("brain", 60)
    assert first is not None
    assert first.content == Incoming("uno")
    assert looked.claim("brain", 60) is None


def test_a_clock_that_was_set_back_shortens_no_claim(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    claimed = claim(database)
    with database.writing() as connection:
        later = database.now(connection) + 3600
        connection.execute(update(inbox).values(claimed_until=later))
    assert Inbox(database).renew([claimed], "brain", 60) == []
    with database.reading() as connection:
        assert connection.execute(select(inbox.c.claimed_until)).scalar_one() == later
