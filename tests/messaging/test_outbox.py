"""The outbox: replies, tracker and the message's end are committed together or not at all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.messaging import outbox as outbox_module
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.messaging.places import Place
from bot.messaging.seen import Looks
from bot.storage.database import Database
from bot.storage.tables import inbox, outbox, trackers
from tests.messaging.stand_in import Person, claim
from tests.support.plans import watched


def _states(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(inbox.c.state).order_by(inbox.c.id)).scalars())


def _count(database: Database, table: object) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_replies_follow_their_message_in_order(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    person.write("dos")
    Outbox(database).finish(claim(database), "brain", [Reply("1a"), Reply("1b")], {"n": 1})
    Outbox(database).finish(claim(database), "brain", [Reply("2")], {"n": 2})
    assert person.seen() == [
        ("user", "uno"), ("user", "dos"), ("bot", "1a"), ("bot", "1b"), ("bot", "2"),
    ]  # fmt: skip
    assert Outbox(database).snapshot(person.conversation) == {"n": 2}
    assert _states(database) == ["done", "done"]


def test_a_message_without_replies_ends_too(database: Database) -> None:
    Person(database).write("uno")
    Outbox(database).finish(claim(database), "brain", [], {})
    assert _states(database) == ["done"]


def test_a_failure_after_the_first_steps_leaves_nothing(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    claimed = claim(database)

    def failing(connection: Connection, _now: float) -> None:
        assert connection.execute(select(outbox.c.id)).all()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Outbox(database).finish(claimed, "brain", [Reply("1")], {"n": 1}, outside=failing)
    assert person.seen() == [("user", "uno")]
    assert Outbox(database).snapshot(person.conversation) is None
    assert _states(database) == ["waiting"]
    Outbox(database).finish(claimed, "brain", [Reply("1")], {"n": 1})
    assert person.seen() == [("user", "uno"), ("bot", "1")]


def test_a_message_is_not_ended_twice(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    claimed = claim(database)
    Outbox(database).finish(claimed, "brain", [Reply("1")], {"n": 1})
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(claimed, "brain", [Reply("again")], {"n": 2})
    assert person.replies() == ["1"]
    assert Outbox(database).snapshot(person.conversation) == {"n": 1}
    assert person.seen()[-1] == ("bot", "1")


def test_another_brain_does_not_end_it(database: Database) -> None:
    person = Person(database)
    person.write("uno")
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(claim(database, "a"), "b", [Reply("1")], {})
    assert person.replies() == []
    assert _count(database, trackers) == 0


def test_the_database_refuses_a_second_answer_to_a_message(database: Database) -> None:
    """The last defence, should a claim ever be checked wrongly."""
    person = Person(database)
    person.write("uno")
    claimed = claim(database)
    box = Outbox(database)
    box.finish(claimed, "brain", [Reply("1")], {})
    rows = box._reply_rows(claimed, [Reply("again")], Place(99, 0.0))
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(outbox.insert(), rows)
    assert _count(database, outbox) == 1


def test_positions_are_shared_by_both_sides_and_have_no_gaps(database: Database) -> None:
    person = Person(database)
    for number in range(5):
        person.write(str(number))
        Outbox(database).finish(claim(database), "brain", [Reply("a"), Reply("b")], {})
    lines = Outbox(database).conversation(person.conversation)
    assert [line.position for line in lines] == list(range(1, 16))
    assert [
        line.position for line in Outbox(database).conversation(person.conversation, after=13)
    ] == [14, 15]


def test_conversations_do_not_mix(database: Database) -> None:
    one, two = Person(database), Person(database)
    one.write("uno")
    two.write("dos")
    Outbox(database).finish(claim(database), "brain", [Reply("1")], {"of": "one"})
    assert two.seen() == [("user", "dos")]
    assert Outbox(database).snapshot(two.conversation) is None
    assert Looks(database).at(two.conversation).offered == []


def _offer(database: Database, *titles: str) -> tuple[Person, list[Option]]:
    person = Person(database)
    person.write("hola")
    claimed = claim(database)
    options = [
        Option(f"{claimed.inbox_id}.0.{number}", title, "ask_cost", {"n": number})
        for number, title in enumerate(titles, start=1)
    ]
    Outbox(database).finish(claimed, "brain", [Reply("¿Qué?", tuple(options)), Reply("fin")], {})
    return person, options


def test_an_option_is_found_by_its_id(database: Database) -> None:
    person, options = _offer(database, "Uno", "Dos")
    assert [Outbox(database).option(person.conversation, o.id) for o in options] == options
    assert Looks(database).at(person.conversation).offered[0].options == tuple(options)


@pytest.mark.parametrize(
    "option_id",
    ["", "x", "1", "1.0", "1.0.9", "1.1.1", "-1.0.1", "1.0.1.1", "1e1.0.1", "٣.٠.١", " 1.0.1",
     "1.0.1\n", "9" * 18 + ".0.1", "9" * 40 + ".0.1", "1." + "9" * 12 + ".1", "person"],
)  # fmt: skip
def test_an_option_that_was_not_offered_is_none(database: Database, option_id: str) -> None:
    person, _ = _offer(database, "Uno")
    assert Outbox(database).option(person.conversation, option_id) is None


def test_an_option_of_somebody_else_is_none(database: Database) -> None:
    _, options = _offer(database, "Uno")
    assert Outbox(database).option(Person(database).conversation, options[0].id) is None


def test_what_was_offered_last_is_of_the_last_answered_message(database: Database) -> None:
    person, _ = _offer(database, "Uno")
    person.write("gracias")
    Outbox(database).finish(claim(database), "brain", [Reply("De nada")], {})
    assert [reply.text for reply in Looks(database).at(person.conversation).offered] == ["De nada"]


def test_contents_come_back_as_they_were(database: Database) -> None:
    person = Person(database)
    person.send(Incoming("Uno", "5.0.1"))
    reply = Reply("ñ 🦤", (Option("1.0.1", "T", "i", {"a": None}),), "/i.png", "/f.pdf", "utter_x")
    Outbox(database).finish(claim(database), "brain", [reply], {})
    lines = Outbox(database).conversation(person.conversation)
    assert [line.content for line in lines] == [Incoming("Uno", "5.0.1"), reply]


def test_the_module_locks_the_conversation_before_the_message(database: Database) -> None:
    """The order in which `receive` locks; the other way round two transactions could wait for each
    other."""
    Person(database).write("uno")
    claimed = claim(database)
    with watched() as statements:
        outbox_module.Outbox(database).finish(claimed, "brain", [Reply("1")], {})
    changes = (re.findall(r"\bUPDATE (\w+) SET", statement) for statement, _ in statements)
    touched = [table for tables in changes for table in tables]
    assert touched[:2] == ["conversations", "inbox"]
    assert Inbox(database).claim("brain", 1) is None
