"""The panel beside a conversation: where it stands, the composer, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Account, Permission
from bot.console.acting.canned import CannedAnswers
from bot.console.acting.channels import LONGEST_MESSAGE, way_to
from bot.console.acting.queue import QueueBoard
from bot.console.acting.writing import templates
from bot.console.house import House
from bot.console.pages import page
from bot.messaging.agent_messages import language_of
from bot.messaging.modes import CLOSE_REASONS, Modes, Standing
from bot.storage.console_tables import accounts, notes, tags
from bot.storage.encryption import UnreadableError
from bot.storage.tables import conversations

CHANGED = "conversation-changed"


@dataclass(frozen=True)
class Note:
    """A private note."""

    author: str
    at: float
    text: str = field(repr=False)


def show_panel(
    request: Request,
    conversation_id: int,
    *,
    problem: str = "",
    given: dict[str, str] | None = None,
    text: str = "",
) -> Response:
    """The panel; with what was typed and why it was not sent, where that is so."""
    house: House = request.state.house
    with house.database.reading() as connection:
        context = _context(house, connection, conversation_id, request.state.account)
    shown = {**context, "problem": problem, "given": given or {}, "text": text}
    answer = page(request, "acting/panel.html", shown)
    # The timeline on the same page looks again.
    answer.headers["HX-Trigger"] = CHANGED
    return answer


def _context(
    house: House, connection: Connection, conversation_id: int, account: Account
) -> dict[str, Any]:
    """What the panel shows. Raises HTTPException 404 where there is no such conversation."""
    check_there(connection, conversation_id)
    now = house.database.now(connection)
    standing = Modes.standing(connection, conversation_id)
    mine = standing.mode == "agent" and standing.holder_id == account.id
    return {
        "conversation_id": conversation_id,
        "standing": standing,
        "stamp": stamp(standing),
        "mine": mine,
        "may_end": mine or (standing.mode == "agent" and account.may(Permission.SETTLE)),
        "way": way_to(connection, conversation_id, now),
        "spoken": language_of(house.database, connection, conversation_id),
        "cases": QueueBoard(house.database).cases(connection, now, conversation_id),
        "notes": _notes(house, connection, conversation_id),
        "tags": _tags(connection, conversation_id),
        "colleagues": _colleagues(connection, account.id),
        "canned": CannedAnswers(house.database).all(connection),
        "templates": templates(house),
        "reasons": CLOSE_REASONS,
        "longest": LONGEST_MESSAGE,
        "key": uuid.uuid4().hex,
    }


def check_there(connection: Connection, conversation_id: int) -> None:
    """Raises HTTPException 404 where there is no such conversation."""
    there = select(conversations.c.id).where(conversations.c.id == conversation_id)
    if connection.execute(there).first() is None:
        raise HTTPException(404)


def stamp(standing: Standing) -> str:
    """Changes with the mode and the holder: a page that shows another is out of date."""
    return f"{standing.mode}-{standing.holder_id or 0}-{int(standing.since or 0)}"


def _notes(house: House, connection: Connection, conversation_id: int) -> Sequence[Note]:
    rows = connection.execute(
        select(notes.c.text_sealed, notes.c.at, accounts.c.name)
        .join(accounts, accounts.c.id == notes.c.account_id)
        .where(notes.c.conversation_id == conversation_id)
        .order_by(notes.c.id.desc())
    )
    return [Note(row.name, row.at, _opened(house, row.text_sealed)) for row in rows]


def _opened(house: House, sealed: bytes) -> str:
    try:
        return str(house.cipher.open(sealed))
    except UnreadableError:
        return "?"


def _tags(connection: Connection, conversation_id: int) -> list[str]:
    statement = select(tags.c.tag).where(tags.c.conversation_id == conversation_id)
    return list(connection.execute(statement.order_by(tags.c.tag)).scalars())


def _colleagues(connection: Connection, own_id: int) -> list[tuple[int, str]]:
    rows = connection.execute(
        select(accounts.c.id, accounts.c.name)
        .where(accounts.c.state == "active", accounts.c.id != own_id)
        .order_by(accounts.c.name)
    )
    return [(row.id, row.name) for row in rows]
