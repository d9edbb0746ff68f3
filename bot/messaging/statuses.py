"""What a provider says later of a message that it took. A message only moves forward: waiting,
sending, sent, delivered, read, or failed; also where a status comes before the answer to the call
that sent it, or after a later one.

Not a step back but a new try under a new uuid, which no old status reaches: what a provider took
and then could not pass on, because the person has not written for too long, there were too many
messages at once, or the person's app does not show what can be tapped. Later messages of the
conversation may be there before it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import and_, bindparam, literal_column, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.logs import traced
from bot.messaging import list_row
from bot.messaging.open_replies import is_open
from bot.messaging.outgoing import OUTSIDE_WINDOW
from bot.messaging.sender import (
    DeliveryError,
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    StoppedError,
    TryLaterError,
)
from bot.messaging.subscriptions import stop_messages
from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.statements import granted, not_lasting
from bot.storage.tables import addresses, outbox

log = logging.getLogger(__name__)

Progress = Literal["sent", "delivered", "read"]
FORWARD: Sequence[str] = ("waiting", "sending", "sent", "delivered", "read")
AGAIN_SECONDS = 60.0
# So often something is tried at most; then it has failed.
MOST_ATTEMPTS = 40
_NAME = re.compile(r"([0-9a-f]{32})\.([0-9]{1,4})\.([0-9]{1,4})")
# The number of the invitation among a message's parts, which begin with 1.
INVITATION = 0


def name_of_part(uuid: str, part: int, parts: int) -> str:
    """Our name for one part of a message, which its statuses bring back."""
    return f"{uuid}.{part}.{parts}"


class Statuses:
    """Takes statuses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progressed(self, name: str, state: Progress, provider_id: str) -> bool:
        """A part was taken, delivered or read. Whether the message is known."""
        found = _NAME.fullmatch(name)
        if found is None:
            return False
        part, parts = int(found[2]), int(found[3])
        if self._stepped(found[1], part, parts, state, provider_id):
            return True
        with self._database.writing() as connection:
            row = _locked(connection, found[1])
            if row is None:
                return False
            if part == INVITATION or row.state == "failed":
                return True
            values: dict[str, Any] = {}
            if part > row.parts_sent:  # what was taken is not sent again
                values["parts_sent"] = part
            if part == parts and FORWARD.index(state) > FORWARD.index(row.state):
                values |= {"state": state, "provider_id": provider_id, "claimed_until": None}
                values["error"] = None
            if values:
                connection.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
        return True

    def _stepped(self, uuid: str, part: int, parts: int, state: str, provider_id: str) -> bool:
        """The common cases: a part that we know was taken, or of whose taking we are told first;
        and the last part of a message that we know was taken whole, which got further. Nothing is
        sent or not because of that, so it need not last. Whether it was one of them."""
        if part == INVITATION:
            return False
        if part < parts or state == "sent":
            with self._database.reading() as connection:
                if _KNOWN.run(connection, {"ours": uuid, "part": part}).first() is not None:
                    return True
            told = {"ours": uuid, "parts": parts, "theirs": provider_id}
            return part == parts and self._told_first(told)
        step = {"ours": uuid, "parts": parts, "further": state, "theirs": provider_id}
        with self._database.changing(lasting=False) as connection:
            return bool(_STEPS[state].run(connection, step).rowcount == 1)

    def _told_first(self, told: Mapping[str, Any]) -> bool:
        """The status came before the answer to the call, or in its place: by it we know that the
        message was taken whole."""
        with self._database.changing() as connection:
            return bool(_TOLD.run(connection, told).rowcount == 1)

    def failed(self, name: str, problem: DeliveryError) -> bool:
        """A part that was taken did not arrive. Whether the message is known."""
        found = _NAME.fullmatch(name)
        if found is None:
            return False
        part = int(found[2])
        with self._database.writing() as connection:
            # The address is locked before the message, as where a person writes: no deadlock.
            known = _of_address(connection, found[1])
            if known is None:
                return False
            if isinstance(problem, StoppedError):
                now = self._database.now(connection)
                stop_messages(connection, known.channel, known.conversation_id, now)
            row = _locked(connection, found[1])
            if row is None or part == INVITATION or row.state in ("delivered", "read", "failed"):
                return row is not None
            with traced(row.inbox_id):
                log.warning("message %s did not arrive: %s", row.id, problem)
            now = self._database.now(connection)
            values = _after(problem, row, part, now)
            if isinstance(problem, OutsideWindowError):
                _close_window(connection, known)
            connection.execute(
                update(outbox).where(outbox.c.id == row.id).values(claimed_until=None, **values)
            )
            if values["state"] == "failed":
                list_row.delivery_failed(connection, row.id)
        return True


def _after(problem: DeliveryError, row: Any, part: int, now: float) -> dict[str, Any]:
    """What becomes of the message."""
    again = {"state": "waiting", "uuid": None, "parts_sent": part - 1}
    may_be_tried = row.attempts < MOST_ATTEMPTS
    if isinstance(problem, OutsideWindowError) and may_be_tried:
        return {**again, "due_at": now, "error": OUTSIDE_WINDOW}
    if isinstance(problem, NotShownError) and not row.plain:
        return {**again, "due_at": now, "plain": 1, "error": problem.code}
    if isinstance(problem, TryLaterError | OperatorError) and may_be_tried:
        seconds = problem.seconds if isinstance(problem, TryLaterError) else None
        return {**again, "due_at": now + (seconds or AGAIN_SECONDS), "error": problem.code}
    if isinstance(problem, StoppedError):
        return {"state": "failed", "error": "stopped"}
    has_code = (RefusedError, NotShownError, TryLaterError, OperatorError)
    code = problem.code if isinstance(problem, has_code) else OUTSIDE_WINDOW
    return {"state": "failed", "error": code}


def _close_window(connection: Connection, known: Any) -> None:
    """We believed that they wrote not long ago; the provider knows better."""
    connection.execute(
        update(addresses)
        .where(
            addresses.c.conversation_id == known.conversation_id,
            addresses.c.channel == known.channel,
        )
        .values(last_heard_at=None)
    )


def _of_address(connection: Connection, uuid: str) -> Any:
    """Conversation and channel of a message, its address's row locked."""
    statement = (
        select(addresses.c.conversation_id, addresses.c.channel)
        .select_from(outbox.join(addresses, addresses.c.id == outbox.c.address_id))
        .where(outbox.c.uuid == uuid)
        .with_for_update(of=addresses)
    )
    return connection.execute(statement).one_or_none()


def _locked(connection: Connection, uuid: str) -> Any:
    return _LOCKED.run(connection, {"of_message": uuid}).one_or_none()


def _written(states: Sequence[str]) -> list[ColumnElement]:
    """Into the statement, not bound to it."""
    return [literal_column(f"'{state}'") for state in states]


_LOCKED = Often(
    select(
        *(outbox.c.id, outbox.c.inbox_id, outbox.c.state),
        *(outbox.c.parts_sent, outbox.c.attempts, outbox.c.plain),
    )
    .where(outbox.c.uuid == bindparam("of_message"))
    .with_for_update()
)
_SENT_STATES = FORWARD[FORWARD.index("sent") :]
_TAKEN_WHOLE = and_(outbox.c.uuid == bindparam("ours"), outbox.c.parts_sent == bindparam("parts"))
# A failed message is no longer asked about; one that is tried again has another uuid.
_KNOWN = Often(
    select(outbox.c.id).where(
        outbox.c.uuid == bindparam("ours"),
        outbox.c.parts_sent >= bindparam("part"),
        outbox.c.state.in_(_written((*FORWARD[1:], "failed"))),
    )
)
_TOLD = Often(
    update(outbox)
    .where(
        outbox.c.uuid == bindparam("ours"),
        granted(is_open(outbox)),
        outbox.c.parts_sent < bindparam("parts"),
    )
    .values(
        state="sent",
        parts_sent=bindparam("parts"),
        provider_id=bindparam("theirs"),
        claimed_until=None,
        error=None,
    )
)
# By the state that is reported: what it moves forward.
_STEPS = {
    state: Often(
        update(outbox)
        .where(
            _TAKEN_WHOLE,
            not_lasting(),
            outbox.c.state.in_(_written(_SENT_STATES[: _SENT_STATES.index(state)])),
        )
        .values(
            state=bindparam("further"),
            provider_id=bindparam("theirs"),
            claimed_until=None,
            error=None,
        )
    )
    for state in _SENT_STATES[1:]
}
