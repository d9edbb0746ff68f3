"""Who waits for a person: in the chat, for a call, with a complaint; and who is being served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, select
from sqlalchemy.engine import Connection

from bot.programme.masking import mask_personal_data
from bot.storage.console_tables import accounts, desk
from bot.storage.database import Database
from bot.storage.desk_modes import AGENT, WAITING
from bot.storage.encryption import UnreadableError
from bot.storage.tables import cases

MOST_ROWS = 200


@dataclass(frozen=True)
class Waiter:
    """A conversation that waits or is held. Times are seconds since 1970."""

    conversation_id: int
    mode: str
    since: float
    reason: str | None
    urgent: bool
    channel: str
    language: str
    heard_at: float
    holder_id: int | None
    holder: str | None


@dataclass(frozen=True)
class Case:
    """A callback or complaint. `late`: its time has come. `slot` is in the person's own time."""

    id: int
    folio: str
    kind: str
    conversation_id: int | None
    created_at: float
    due_at: float | None
    tries: int
    late: bool
    slot: datetime | None = None
    phone: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


class QueueBoard:
    """Reads the queue for its page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiters(self, connection: Connection, mode: str) -> Sequence[Waiter]:
        """The conversations in a mode: the most urgent first, then who has waited longest."""
        rows = connection.execute(
            select(desk, accounts.c.name.label("holder"))
            .select_from(desk.outerjoin(accounts, accounts.c.id == desk.c.holder_id))
            .where(desk.c.mode == mode)
            .order_by(desk.c.urgency.desc(), desk.c.mode_since, desk.c.conversation_id)
            .limit(MOST_ROWS)
        )
        return [_waiter(row) for row in rows]

    def cases(
        self, connection: Connection, now: float, conversation_id: int | None = None
    ) -> Sequence[Case]:
        """What is open: callbacks by their slot, then complaints; of one conversation or of all."""
        statement = (
            select(cases)
            .where(cases.c.state == "open", cases.c.kind.in_(("callback", "complaint")))
            .order_by(case((cases.c.kind == "callback", 0), else_=1), cases.c.due_at, cases.c.id)
            .limit(MOST_ROWS)
        )
        if conversation_id is not None:
            statement = statement.where(cases.c.conversation_id == conversation_id)
        return [self._case(row, now) for row in connection.execute(statement)]

    def case_content(self, connection: Connection, case_id: int) -> dict[str, Any] | None:
        """What an open case holds; None where there is none."""
        sealed = connection.execute(
            select(cases.c.content_sealed).where(cases.c.id == case_id, cases.c.state == "open")
        ).scalar_one_or_none()
        return self._opened(sealed) if sealed else None

    def _case(self, row: Any, now: float) -> Case:
        content = self._opened(row.content_sealed) or {}
        slot = None
        if row.due_at is not None and "time_zone" in content:
            slot = datetime.fromtimestamp(row.due_at, ZoneInfo(content["time_zone"]))
        return Case(
            id=row.id,
            folio=row.folio,
            kind=row.kind,
            conversation_id=row.conversation_id,
            created_at=row.created_at,
            due_at=row.due_at,
            tries=row.tries,
            late=row.due_at is not None and row.due_at <= now,
            slot=slot,
            phone=_masked(content.get("phone", "")),
            text=mask_personal_data(content.get("text", "")),
        )

    def _opened(self, sealed: bytes | None) -> dict[str, Any] | None:
        try:
            return dict(self._database.cipher.open(sealed)) if sealed else None
        except UnreadableError:
            return None


def boards(database: Database) -> dict[str, Any]:
    """What the page shows."""
    board = QueueBoard(database)
    with database.reading() as connection:
        now = database.now(connection)
        found = board.cases(connection, now)
        return {
            "now": now,
            "waiting": board.waiters(connection, WAITING),
            "held": board.waiters(connection, AGENT),
            "callbacks": [case for case in found if case.kind == "callback"],
            "complaints": [case for case in found if case.kind == "complaint"],
        }


def _waiter(row: Any) -> Waiter:
    return Waiter(
        conversation_id=row.conversation_id,
        mode=row.mode,
        since=row.mode_since or row.last_at,
        reason=row.waiting_reason,
        urgent=row.waiting_reason == "distress",
        channel=row.channel,
        language=row.language,
        heard_at=row.heard_at,
        holder_id=row.holder_id,
        holder=row.holder,
    )


def _masked(number: str) -> str:
    """A number with its last two digits legible."""
    return "*" * max(len(number) - 2, 0) + number[-2:]
