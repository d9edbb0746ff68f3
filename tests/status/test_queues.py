"""What waits, in figures that an alarm can be set on."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from sqlalchemy import update
from starlette.testclient import TestClient

from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.status.queues import Queues
from bot.status.server import status_app
from bot.storage.console_tables import desk
from bot.storage.database import Database
from bot.storage.tables import errands, inbox, outbox
from tests.messaging.stand_in import Person, claim
from tests.people.known import known_of


def _figures(database: Database) -> dict[str, float]:
    """Name and labels -> value, as a scraper reads them."""
    answer = TestClient(status_app(database, CollectorRegistry())).get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def _set_mode(database: Database, person: Person, mode: str) -> None:
    of_theirs = desk.c.conversation_id == person.conversation
    with database.writing() as connection:
        connection.execute(update(desk).where(of_theirs).values(mode=mode))


def test_an_empty_house_waits_for_nothing(database: Database) -> None:
    figures = _figures(database)
    assert figures["pti_database_up"] == 1
    assert figures["pti_inbox_waiting"] == figures["pti_inbox_oldest_seconds"] == 0
    assert figures["pti_outbox_waiting"] == figures["pti_errands_due_waiting"] == 0


def test_messages_wait_from_when_they_came(database: Database) -> None:
    first, second = Person(database), Person(database)
    first.write("hola")
    second.write("¿hay alguien?")
    with database.writing() as connection:
        connection.execute(update(inbox).values(received_at=inbox.c.received_at - 60))
    figures = _figures(database)
    assert figures["pti_inbox_waiting"] == 2
    assert 60 <= figures["pti_inbox_oldest_seconds"] < 120


def test_what_waits_for_an_agent_to_hand_the_conversation_back_is_not_late(
    database: Database,
) -> None:
    """What came of an errand, and a reminder: brains may not take them, and more would not help."""
    person = Person(database)
    person.write("hola")
    _set_mode(database, person, "agent")
    with database.writing() as connection:
        connection.execute(update(inbox).values(kind="event"))
        for kind in ("remind", "register"):
            connection.execute(
                errands.insert().values(
                    person_id=known_of(database, person.conversation).person_id,
                    conversation_id=person.conversation,
                    address_id=person.address.id,
                    channel="web",
                    kind=kind,
                    key=kind,
                    request_sealed=b"",
                    due_at=1,
                    created_at=0,
                )
            )
    held = _figures(database)
    assert held["pti_inbox_waiting"] == held["pti_inbox_oldest_seconds"] == 0
    assert held["pti_errands_due_waiting"] == 1
    _set_mode(database, person, "bot")
    given_back = _figures(database)
    assert given_back["pti_inbox_waiting"] == 1
    assert given_back["pti_errands_due_waiting"] == 2


def test_a_reply_waits_until_it_is_sent_and_one_that_waits_for_the_person_is_not_late(
    database: Database,
) -> None:
    inbox_of_all = Inbox(database)
    address = inbox_of_all.open_address("sms", "+13105550100")
    inbox_of_all.receive("sms", address, "SM1", Incoming("hola"))
    Outbox(database).finish(claim(database), "brain", [Reply("¿En qué le ayudo?")], None)
    assert _figures(database)["pti_outbox_waiting"] == 1
    with database.writing() as connection:
        connection.execute(update(outbox).values(due_at=None))
    assert _figures(database)["pti_outbox_waiting"] == 0


def test_people_who_wait_for_an_agent_are_counted(database: Database) -> None:
    for mode in ("bot", "waiting", "waiting", "agent"):
        person = Person(database)
        person.write("hola")
        _set_mode(database, person, mode)
    figures = _figures(database)
    assert figures['pti_conversations{mode="waiting"}'] == 2
    assert figures['pti_conversations{mode="agent"}'] == 1


def test_a_database_that_is_away_is_a_figure_and_no_error(sqlite_database: Database) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", sqlite_database.cipher)
    client = TestClient(status_app(away, CollectorRegistry()))
    assert "pti_database_up 0.0" in client.get("/metrics").text
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200


def test_registering_reads_nothing(sqlite_database: Database) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", sqlite_database.cipher)
    CollectorRegistry().register(Queues(away))
