"""The list: conversations that a filter shows, newest first, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, literal_column, select, tuple_
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import ColumnElement, Select

from bot.console.reading.filters import ME, NOBODY, Filter
from bot.console.reading.search import Search
from bot.storage.console_tables import accounts, desk, tags, turns
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError

ROWS = 50
# Who has not written for so long amid a task has left it.
ABANDONED_SECONDS = 24 * 3600.0
# So many candidates are opened for a phrase before a page says that there may be more.
MOST_OPENED, OPENED_AT_ONCE = 600, 200
_CURSOR = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)_([0-9]{1,18})")


@dataclass(frozen=True)
class Listed:
    """One conversation in the list."""

    conversation_id: int
    row: Row = field(repr=False)
    preview: str = field(repr=False)
    media: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Some conversations; `next` is the cursor of what follows, empty at the end."""

    conversations: tuple[Listed, ...]
    next: str = ""


class Conversations:
    """Reads the list."""

    def __init__(self, database: Database, zone: str) -> None:
        """`zone` is the one whose days the filter means."""
        self._database = database
        self._zone = zone

    def page(self, wanted: Filter, account_id: int, before: str = "", rows: int = ROWS) -> Page:
        """The newest conversations, or those after a page's cursor."""
        search = Search.read(wanted.q)
        if wanted.q and search.is_empty:
            return Page(())
        with self._database.reading() as connection:
            found, cursor = self._found(connection, wanted, search, account_id, before, rows)
            return Page(self._listed(connection, found), cursor)

    def newer(self, wanted: Filter, account_id: int, than: float, most: int = 99) -> int:
        """How many conversations that the filter shows have something newer; at most `most`."""
        search = Search.read(wanted.q)
        if wanted.q and search.is_empty:
            return 0
        with self._database.reading() as connection:
            shown = self._statement(connection, wanted, search, account_id)
            newer = shown.where(desk.c.last_at > than).limit(most).subquery()
            return int(connection.execute(select(func.count()).select_from(newer)).scalar_one())

    def counts(self) -> dict[str, int]:
        """How many conversations are in each mode; and `unread`."""
        by_mode = select(desk.c.mode, func.count()).group_by(desk.c.mode)
        unread = select(func.count()).select_from(desk).where(desk.c.unread > 0)
        with self._database.reading() as connection:
            found = {str(mode): int(count) for mode, count in connection.execute(by_mode)}
            return {**found, "unread": int(connection.execute(unread).scalar_one())}

    def _found(
        self,
        connection: Connection,
        wanted: Filter,
        search: Search,
        account_id: int,
        before: str,
        rows: int,
    ) -> tuple[list[Row], str]:
        statement = _newest_first(self._statement(connection, wanted, search, account_id))
        cursor, found, opened = before, [], 0
        at_once = OPENED_AT_ONCE if search.phrases else rows
        while True:
            page = connection.execute(_after(statement, cursor).limit(at_once + 1)).all()
            ids = [row.conversation_id for row in page[:at_once]]
            held = search.holding(connection, self._database.cipher, ids)
            for row in page[:at_once]:
                cursor, opened = _cursor(row), opened + 1
                if row.conversation_id in held:
                    found.append(row)
                    if len(found) == rows:
                        break
            if len(page) <= at_once and (not page or cursor == _cursor(page[-1])):
                return found, ""
            if len(found) == rows or opened >= MOST_OPENED:
                return found, cursor

    def _statement(
        self, connection: Connection, wanted: Filter, search: Search, account_id: int
    ) -> Select:
        conditions = [
            *_plain_conditions(wanted, account_id),
            *self._in_time(wanted),
            *search.conditions(self._database.cipher),
        ]
        if wanted.outcome:
            conditions.append(_outcome(wanted.outcome, self._database.now(connection)))
        return select(desk).where(*conditions)

    def _in_time(self, wanted: Filter) -> list[ColumnElement]:
        first, end = wanted.moments(self._zone)
        conditions = [desk.c.last_at >= first] if first is not None else []
        return [*conditions, desk.c.last_at < end] if end is not None else conditions

    def _listed(self, connection: Connection, rows: Sequence[Row]) -> tuple[Listed, ...]:
        ids = [row.conversation_id for row in rows]
        by_conversation: dict[int, list[str]] = {}
        statement = select(tags.c.conversation_id, tags.c.tag).where(
            tags.c.conversation_id.in_(ids)
        )
        for conversation_id, tag in connection.execute(statement.order_by(tags.c.tag)):
            by_conversation.setdefault(conversation_id, []).append(tag)
        return tuple(
            Listed(
                row.conversation_id,
                row,
                *self._preview(row.preview_sealed),
                tuple(by_conversation.get(row.conversation_id, ())),
            )
            for row in rows
        )

    def _preview(self, sealed: bytes | None) -> tuple[str, str | None]:
        if sealed is None:
            return "", None
        try:
            opened: dict[str, Any] = self._database.cipher.open(sealed)
        except UnreadableError:
            return "", None
        return str(opened["text"]), opened["media"]


def holders(database: Database) -> dict[int, str]:
    """Names of the accounts, by number."""
    with database.reading() as connection:
        rows = connection.execute(select(accounts.c.id, accounts.c.name).order_by(accounts.c.name))
        return {row.id: row.name for row in rows}


def known_tags(database: Database) -> list[str]:
    """Every tag that is on a conversation."""
    with database.reading() as connection:
        statement = select(tags.c.tag).distinct().order_by(tags.c.tag)
        return [str(tag) for tag in connection.execute(statement).scalars()]


def _plain_conditions(wanted: Filter, account_id: int) -> list[ColumnElement]:
    of_topic = turns.c.conversation_id == desk.c.conversation_id
    of_tag = tags.c.conversation_id == desk.c.conversation_id
    possible: dict[str, Callable[[str], ColumnElement]] = {
        "channel": lambda value: desk.c.channel == value,
        "topic": lambda v: select(turns.c.inbox_id).where(of_topic, turns.c.topic == v).exists(),
        "below": lambda value: desk.c.lowest_confidence < int(value) / 100,
        "fallback": lambda _: desk.c.fallbacks > 0,
        "language": lambda value: desk.c.language == value,
        "mode": lambda value: desk.c.mode == value,
        "unread": lambda _: desk.c.unread > 0,
        "holder": lambda value: _held_by(value, account_id),
        "tag": lambda value: select(tags.c.tag).where(of_tag, tags.c.tag == value).exists(),
        "failure": lambda _: desk.c.delivery_failures > 0,
    }
    return [make(value) for name, make in possible.items() if (value := getattr(wanted, name))]


def _held_by(value: str, account_id: int) -> ColumnElement:
    if value == NOBODY:
        return desk.c.holder_id.is_(None)
    return desk.c.holder_id == (account_id if value == ME else int(value))


def _outcome(name: str, now: float) -> ColumnElement:
    reached = {
        "quota": desk.c.quota_at,
        "registered": desk.c.registered_at,
        "line": desk.c.line_at,
        "handed_over": desk.c.handed_over_at,
    }
    if name in reached:
        return reached[name].is_not(None)
    return and_(
        desk.c.task.is_not(None),
        desk.c.heard_at < now - ABANDONED_SECONDS,
        desk.c.mode == literal_column("'bot'"),
    )


def _newest_first(statement: Select) -> Select:
    return statement.order_by(desk.c.last_at.desc(), desk.c.conversation_id.desc())


def _cursor(row: Row) -> str:
    return f"{row.last_at:.9f}_{row.conversation_id}"


def _after(statement: Select, cursor: str) -> Select:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return statement
    last_at, conversation_id = float(found[1]), int(found[2])
    place = tuple_(desk.c.last_at, desk.c.conversation_id)
    return statement.where(place < tuple_(last_at, conversation_id), desk.c.last_at <= last_at)
