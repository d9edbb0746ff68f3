"""What is noted for the figures, and that they read no more than they need."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, update

from bot.console.figures.dashboard import numbers_of, read_dashboard
from bot.console.figures.period import Period
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.storage.console_tables import turns
from bot.storage.database import Database
from bot.storage.migrate import MIGRATIONS
from bot.storage.tables import inbox, outbox
from tests.console.seeded import Writer, note
from tests.console.test_figures import DAY, TODAY, ZONE
from tests.support.plans import watched

TABLES = ("turns", "outbox", "inbox", "desk")


def answered(database: Database, after: float, *replies: str) -> int:
    """A message that was answered so many seconds after it came; its number."""
    address = Inbox(database).open_address("web", f"kept-{after}-{len(replies)}")
    Inbox(database).receive("web", address, f"kept-{after}-{len(replies)}", Incoming("algo"))
    ours = inbox.c.conversation_id == address.conversation_id
    with database.writing() as connection:
        arrived = inbox.c.received_at - after
        connection.execute(update(inbox).where(ours).values(received_at=arrived))
    claimed = Inbox(database).claim("seed", 60)
    assert claimed is not None
    Outbox(database).finish(claimed, "seed", [Reply(r) for r in replies], None, note=note())
    return claimed.inbox_id


def waits(database: Database) -> dict[int, float | None]:
    """How long each message waited, by its number."""
    with database.reading() as connection:
        return dict(connection.execute(select(turns.c.inbox_id, turns.c.waited)).all())


@pytest.fixture
def three(database: Database) -> Database:
    """One that waited, one without an answer, and one that came in the future."""
    answered(database, 30.25, "Eso es.", "Y esto.")
    answered(database, 5)
    answered(database, -100, "Eso es.")
    return database


def test_how_long_a_message_waited_is_noted(three: Database) -> None:
    found = waits(three)
    first = min(found)
    with three.reading() as connection:
        row = connection.execute(
            select(outbox.c.created_at, inbox.c.received_at)
            .join(inbox, inbox.c.id == outbox.c.inbox_id)
            .where(outbox.c.inbox_id == first, outbox.c.ordinal == 0)
        ).one()
    assert found[first] == row.created_at - row.received_at
    assert found[first] >= 30.25
    assert [found[number] for number in sorted(found)[1:]] == [None, None]


def test_what_was_noted_before_is_worked_out(three: Database) -> None:
    """A database of the version before has the same figures."""
    found = waits(three)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = three.url
    command.downgrade(config, "0012")
    command.upgrade(config, "head")
    assert waits(three) == found


def test_the_figures_are_read_in_indexes(sqlite_database: Database) -> None:
    """However much was ever said. PostgreSQL reads a table this small as a whole."""
    database = sqlite_database
    Writer(database).says("algo", "Eso es.", noted=note())
    with watched() as asked:
        assert numbers_of(read_dashboard(database, DAY))
    plans = []
    with database.engine.connect() as connection:
        for statement, parameters in asked:
            if "FROM" in statement:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [str(row[3]) for row in rows]
    assert [plan for plan in plans if plan.startswith("SCAN") and plan.endswith(TABLES)] == []
    counted = [plan for plan in plans if "ix_turns_counted" in plan]
    assert len(counted) == 2
    assert all("COVERING INDEX" in plan for plan in counted)
    for index in ("ix_outbox_agents", "ix_outbox_failed"):
        assert any(index in plan for plan in plans), plans


def test_a_period_that_has_not_been_is_empty(three: Database) -> None:
    """And one with everything in it counts each message once."""
    ahead = Period(TODAY.replace(year=2999), TODAY.replace(year=2999), ZONE)
    assert read_dashboard(three, ahead).talk.messages == 0
    all_time = Period(TODAY.replace(year=2000), TODAY.replace(year=2999), ZONE)
    talk = read_dashboard(three, all_time).talk
    assert (talk.messages, sum(talk.by_quarter.values()), sum(talk.by_wait.values())) == (3, 3, 1)
