"""The table of errands: work outside of a conversation, done once, whose result comes back as an
event of the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, literal_column, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging.arrivals import Address, put
from bot.messaging.contents import Incoming
from bot.storage.database import Database
from bot.storage.desk_modes import is_held
from bot.storage.encryption import UnreadableError
from bot.storage.statements import begun, prolonged
from bot.storage.tables import conversations, errands
from bot.storage.taking import Taking

WAITING = literal_column("'waiting'")
REMINDER = "remind"


class ErrandLostError(Exception):
    """Another runner holds the errand now, or it was cancelled: what was done is not committed."""


@dataclass(frozen=True)
class Errand:
    """A piece of work that this runner may do until its claim ends. `key` makes its idempotency
    keys, so the same errand done again changes nothing at the institute."""

    id: int
    key: str = field(repr=False)
    person_id: int
    address: Address
    kind: str
    request: dict[str, Any] = field(repr=False)
    attempts: int
    told: bool
    due_at: float
    readable: bool = True
    """False where no configured key opens the request: it is empty then."""


class Errands:
    """Hands errands out and takes their results."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, runner: str, seconds: float) -> Errand | None:
        """The errand that has been due longest and that nobody holds."""
        row = _CLAIM.take(self._database, runner, seconds, {})
        if row is None:
            return None
        try:
            request, readable = dict(self._database.cipher.open(row.request_sealed)), True
        except UnreadableError:
            request, readable = {}, False
        return Errand(
            id=row.id,
            key=row.key,
            person_id=row.person_id,
            address=Address(row.address_id, row.conversation_id, row.channel),
            kind=row.kind,
            request=request,
            attempts=row.attempts + 1,
            told=bool(row.told),
            due_at=row.due_at,
            readable=readable,
        )

    def renew(self, errand: Errand, runner: str, seconds: float) -> bool:
        """Prolongs a claim; False where it is this runner's no longer."""
        with self._database.writing() as connection:
            until = prolonged(errands.c.claimed_until, seconds)
            return self._change(connection, errand, runner, claimed_until=until)

    def finish(
        self,
        errand: Errand,
        runner: str,
        result: Callable[[Connection, float], dict[str, Any] | None],
    ) -> None:
        """Ends an errand: `result` does in the transaction what is left to do and gives the event
        for the conversation, if there is one. Raises ErrandLostError."""
        with self._database.writing() as connection:
            _lock_conversations(connection, errand)
            now = self._database.now(connection)
            if not self._change(connection, errand, runner, state="done", done_at=now):
                raise ErrandLostError(errand.id)
            event = result(connection, now)
            if event is not None:
                self._put(connection, errand, f"errand-{errand.id}", event)

    def postpone(
        self, errand: Errand, runner: str, seconds: float, event: dict[str, Any] | None = None
    ) -> None:
        """Gives an errand back for later; `event` tells the person that it takes longer, once.

        Raises ErrandLostError.
        """
        with self._database.writing() as connection:
            _lock_conversations(connection, errand)
            due_at = self._database.now(connection) + seconds
            told = int(errand.told or event is not None)
            if not self._change(
                connection, errand, runner, due_at=due_at, claimed_until=None, told=told
            ):
                raise ErrandLostError(errand.id)
            if event is not None and not errand.told:
                self._put(connection, errand, f"errand-{errand.id}-later", event)

    def _put(
        self, connection: Connection, errand: Errand, name: str, event: dict[str, Any]
    ) -> None:
        content = Incoming(event={"errand": errand.kind, **event})
        put(self._database, connection, errand.address.channel, errand.address, name, content)

    @staticmethod
    def _change(connection: Connection, errand: Errand, runner: str, **values: Any) -> bool:
        changed = connection.execute(
            update(errands).where(_still_held(errand, runner)).values(**values)
        )
        return bool(changed.rowcount == 1)


def _lock_conversations(connection: Connection, errand: Errand) -> None:
    """Those of the person, before anything else, as every message and turn does: what is under way
    in one of them comes wholly before what the errand changes, or wholly after it."""
    theirs = or_(
        conversations.c.id == errand.address.conversation_id,
        conversations.c.person_id == errand.person_id,
    )
    connection.execute(
        select(conversations.c.id).where(theirs).order_by(conversations.c.id).with_for_update()
    )


def _still_held(errand: Errand, runner: str) -> ColumnElement:
    """By this runner, and of the person that it was: linking gives errands to another."""
    return and_(
        errands.c.id == errand.id,
        errands.c.person_id == errand.person_id,
        errands.c.claimed_by == runner,
        errands.c.attempts == errand.attempts,
        errands.c.state == WAITING,
    )


def _next() -> Select:
    free = or_(errands.c.claimed_until.is_(None), errands.c.claimed_until < begun())
    # After the hand-back it is seen anew whether it is still to be said.
    quiet = and_(errands.c.kind == REMINDER, is_held(errands.c.conversation_id))
    return (
        select(errands)
        .where(errands.c.state == WAITING, errands.c.due_at <= begun(), free, ~quiet)
        .order_by(errands.c.due_at, errands.c.id)
    )


_CLAIM = Taking(errands, _next())
