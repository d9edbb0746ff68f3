"""How much waits in the database and for how long, read when somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.logs import describe
from bot.storage.console_tables import desk
from bot.storage.database import Database
from bot.storage.desk_modes import AGENT, WAITING, is_held
from bot.storage.tables import errands, heartbeats, inbox, outbox

log = logging.getLogger(__name__)

ALIVE_SECONDS = 12.0
MODES = (WAITING, AGENT)


class Queues(Collector):
    """Every process that has it answers the same: it is the state of the whole house."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; only that the database cannot be read, where it cannot."""
        up = GaugeMetricFamily("pti_database_up", "1: the database answers.")
        try:
            with self._database.reading() as connection:
                found = list(self._figures(connection))
        except SQLAlchemyError as error:
            log.error("the queues cannot be read: %s", describe(error))
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _figures(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        now = self._database.now(connection)
        yield from _pair(
            connection,
            "pti_inbox",
            "Messages and events that a brain is to handle and none has yet",
            select(func.count(), func.min(inbox.c.received_at)).where(
                # What waits for the hand-back is not late.
                inbox.c.state == "waiting",
                ~is_held(inbox.c.conversation_id),
            ),
            now,
        )
        # What waits until the person writes again (no date) is not late.
        is_open = outbox.c.state.in_(("waiting", "sending")) & outbox.c.due_at.is_not(None)
        yield from _pair(
            connection,
            "pti_outbox",
            "Replies that no provider has taken yet",
            select(func.count(), func.min(outbox.c.created_at)).where(is_open),
            now,
        )
        kept_back = (errands.c.kind == "remind") & is_held(errands.c.conversation_id)
        due = (errands.c.state == "waiting") & (errands.c.due_at <= now) & ~kept_back
        yield from _pair(
            connection,
            "pti_errands_due",
            "Work outside of conversations that is due",
            select(func.count(), func.min(errands.c.due_at)).where(due),
            now,
        )
        yield self._modes(connection)
        yield self._alive(connection, now)

    @staticmethod
    def _modes(connection: Connection) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "pti_conversations",
            "Conversations that wait for a person or have one.",
            labels=["mode"],
        )
        counted = [func.sum(case((desk.c.mode == mode, 1), else_=0)) for mode in MODES]
        row = connection.execute(select(*counted).where(desk.c.mode.in_(MODES))).one()
        for mode, count in zip(MODES, row, strict=True):
            family.add_metric([mode], count or 0)
        return family

    @staticmethod
    def _alive(connection: Connection, now: float) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "pti_processes_alive",
            "Processes that were heard of lately, by kind and model.",
            labels=["kind", "model"],
        )
        statement = (
            select(heartbeats.c.kind, heartbeats.c.model, func.count())
            .where(heartbeats.c.seen_at >= now - ALIVE_SECONDS)
            .group_by(heartbeats.c.kind, heartbeats.c.model)
        )
        for kind, model, count in connection.execute(statement):
            family.add_metric([kind, model], count)
        return family


def _pair(
    connection: Connection, name: str, what: str, statement: object, now: float
) -> Iterator[GaugeMetricFamily]:
    count, oldest = connection.execute(statement).one()
    yield GaugeMetricFamily(f"{name}_waiting", f"{what}.", value=count)
    age = max(0.0, now - oldest) if oldest is not None else 0.0
    yield GaugeMetricFamily(
        f"{name}_oldest_seconds", f"{what}: for how long the oldest.", value=age
    )
