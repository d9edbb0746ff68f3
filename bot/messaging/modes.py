"""Who speaks with a person: the assistant, an agent who holds the conversation, or the assistant
while the person waits for an agent.

The conversation's row is locked before its mode changes, as where a message is received and where
a turn is committed. So each of these sees the mode of before or of after, and whatever was being
worked out at the moment of a take-over is dropped by `Outbox.finish`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import case, func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging.agent_messages import say_notice, where_they_write
from bot.messaging.arrivals import put
from bot.messaging.contents import Incoming
from bot.messaging.desk import ensure_row, lock_conversation
from bot.nlg.catalogue import responses
from bot.storage.console_tables import accounts, desk
from bot.storage.database import Database
from bot.storage.desk_modes import AGENT, BOT, CLOSED, WAITING
from bot.storage.tables import inbox

Reason = Literal["asked", "distress", "complaint", "forwarded"]
URGENCY: dict[Reason, int] = {"distress": 30, "forwarded": 20, "complaint": 10, "asked": 10}
CLOSE_REASONS = ("solved", "no_answer", "called", "wrong_place", "abuse")
HAND_BACK = "hand_back"


@dataclass(frozen=True)
class Agent:
    """Who acts. `overrules`: may end what another agent holds."""

    id: int
    name: str
    overrules: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands. Times are seconds since 1970."""

    mode: str = BOT
    since: float | None = None
    holder_id: int | None = None
    holder_name: str | None = None
    reason: str | None = None
    urgency: int = 0
    close_reason: str | None = None


class HeldError(Exception):
    """Another agent holds the conversation; the message is their name."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class NotHeldError(Exception):
    """The agent does not hold the conversation (any more)."""


class Modes:
    """Changes modes, each within a transaction of the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        responses()  # read once, and before anything is locked

    @staticmethod
    def standing(connection: Connection, conversation_id: int) -> Standing:
        """Where the conversation stands."""
        columns = (
            desk.c.mode,
            desk.c.mode_since,
            desk.c.holder_id,
            accounts.c.name,
            desk.c.waiting_reason,
            desk.c.urgency,
            desk.c.close_reason,
        )
        row = connection.execute(
            select(*columns)
            .select_from(desk.outerjoin(accounts, accounts.c.id == desk.c.holder_id))
            .where(desk.c.conversation_id == conversation_id)
        ).one_or_none()
        return Standing(*row) if row else Standing()

    def take_over(self, connection: Connection, conversation_id: int, agent: Agent) -> None:
        """The agent holds the conversation from now on and the assistant is silent, also on what
        waits. Raises HeldError where another agent was first."""
        now = self._lock(connection, conversation_id)
        changed = self._change(
            connection,
            conversation_id,
            desk.c.mode != AGENT,
            mode=AGENT,
            mode_since=now,
            holder_id=agent.id,
            close_reason=None,
            unread=0,
            handed_over_at=func.coalesce(desk.c.handed_over_at, now),
        )
        if not changed:
            held = self.standing(connection, conversation_id)
            if held.holder_id != agent.id:
                raise HeldError(held.holder_name or "")
            return
        _silence(connection, conversation_id, now)
        say_notice(
            self._database, connection, conversation_id, "utter_agent_came", agent_name=agent.name
        )

    def hand_back(self, connection: Connection, conversation_id: int, agent: Agent) -> None:
        """The assistant answers again, and goes on with what was under way. Raises NotHeldError."""
        self._release(connection, conversation_id, agent, mode=BOT)
        say_notice(
            self._database, connection, conversation_id, "utter_agent_went", agent_name=agent.name
        )
        self._wake_assistant(connection, conversation_id)

    def close(
        self, connection: Connection, conversation_id: int, agent: Agent, reason: str
    ) -> None:
        """The matter is over; whoever writes again is answered by the assistant.

        Of a conversation that an agent holds, its holder alone may say so (NotHeldError). Raises
        ValueError for a reason that is none.
        """
        if reason not in CLOSE_REASONS:
            raise ValueError(reason)
        now = self._lock(connection, conversation_id)
        held = self.standing(connection, conversation_id).mode == AGENT
        if held:
            self._release(connection, conversation_id, agent, mode=CLOSED, close_reason=reason)
            say_notice(
                self._database,
                connection,
                conversation_id,
                "utter_agent_closed",
                agent_name=agent.name,
            )
            return
        self._change(
            connection,
            conversation_id,
            desk.c.mode != AGENT,
            **_nobody(now),
            mode=CLOSED,
            close_reason=reason,
        )

    def forward(
        self, connection: Connection, conversation_id: int, agent: Agent, to: int | None
    ) -> None:
        """Puts the conversation into the queue again, for one colleague or for any. Nobody is left
        in silence until then: the assistant answers. Raises NotHeldError."""
        first = URGENCY["forwarded"]
        self._release(
            connection,
            conversation_id,
            agent,
            mode=WAITING,
            holder_id=to,
            waiting_reason="forwarded",
            urgency=case((desk.c.urgency < first, first), else_=desk.c.urgency),
        )
        say_notice(
            self._database,
            connection,
            conversation_id,
            "utter_agent_forwarded",
            agent_name=agent.name,
        )
        self._wake_assistant(connection, conversation_id)

    def assign(self, connection: Connection, conversation_id: int, to: int | None) -> None:
        """Whose task a conversation is that nobody holds; None: anybody's. Raises HeldError."""
        self._lock(connection, conversation_id)
        if not self._change(connection, conversation_id, desk.c.mode != AGENT, holder_id=to):
            raise HeldError(self.standing(connection, conversation_id).holder_name or "")

    def _lock(self, connection: Connection, conversation_id: int) -> float:
        lock_conversation(connection, conversation_id)
        now = self._database.now(connection)
        ensure_row(connection, conversation_id, now)
        return now

    @staticmethod
    def _change(
        connection: Connection, conversation_id: int, where: ColumnElement, **values: object
    ) -> bool:
        changed = connection.execute(
            update(desk).where(desk.c.conversation_id == conversation_id, where).values(**values)
        )
        return bool(changed.rowcount == 1)

    def _release(
        self, connection: Connection, conversation_id: int, agent: Agent, **values: object
    ) -> None:
        now = self._lock(connection, conversation_id)
        mine = desk.c.mode == AGENT
        if not agent.overrules:
            mine = mine & (desk.c.holder_id == agent.id)
        if not self._change(connection, conversation_id, mine, **{**_nobody(now), **values}):
            raise NotHeldError(conversation_id)

    def _wake_assistant(self, connection: Connection, conversation_id: int) -> None:
        """An event, behind those that waited: it has the step of the task asked again."""
        address = where_they_write(connection, conversation_id)
        event = Incoming(event={"errand": HAND_BACK, "outcome": "done", "answer": {}})
        name = f"{HAND_BACK}-{uuid.uuid4().hex}"
        put(self._database, connection, address.channel, address, name, event)


def wait_for_agent(
    database: Database, connection: Connection, conversation_id: int, reason: Reason
) -> None:
    """The person waits for an agent; until then the assistant answers. Whoever waits already keeps
    their place."""
    lock_conversation(connection, conversation_id)
    now = database.now(connection)
    ensure_row(connection, conversation_id, now)
    of_it = desk.c.conversation_id == conversation_id
    values = {
        "mode": WAITING,
        "mode_since": now,
        "waiting_reason": reason,
        "urgency": URGENCY[reason],
        "close_reason": None,
        "handed_over_at": func.coalesce(desk.c.handed_over_at, now),
    }
    connection.execute(update(desk).where(of_it, desk.c.mode.in_((BOT, CLOSED))).values(**values))
    more_urgent = {"waiting_reason": reason, "urgency": URGENCY[reason]}
    connection.execute(
        update(desk)
        .where(of_it, desk.c.mode == WAITING, desk.c.urgency < URGENCY[reason])
        .values(**more_urgent)
    )


def stop_waiting(database: Database, connection: Connection, conversation_id: int) -> None:
    """The person does not wait any more."""
    lock_conversation(connection, conversation_id)
    connection.execute(
        update(desk)
        .where(desk.c.conversation_id == conversation_id, desk.c.mode == WAITING)
        .values(mode=BOT, **_nobody(database.now(connection)))
    )


def _nobody(now: float) -> dict[str, object]:
    return {"mode_since": now, "holder_id": None, "waiting_reason": None, "urgency": 0}


def _silence(connection: Connection, conversation_id: int, now: float) -> None:
    """What the person wrote and nobody answered yet is the agent's. What came of errands waits."""
    waiting = (inbox.c.conversation_id == conversation_id) & (inbox.c.state == "waiting")
    connection.execute(
        update(inbox)
        .where(waiting, inbox.c.kind == "message")
        .values(state="with_agent", handled_at=now, claimed_until=None)
    )
    # Whoever is working one out has lost the claim.
    connection.execute(
        update(inbox)
        .where(waiting)
        .values(claimed_by=None, claimed_until=None, attempts=0, behind=0)
    )
