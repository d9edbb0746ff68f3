"""One person's messages of both sides, over all of their channels, in the order of time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, String, cast, literal, null, select, tuple_, union_all
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from bot.channels.signed_links import REFERENCE
from bot.storage.console_tables import turns
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.media_tables import media
from bot.storage.tables import addresses, conversations, files, inbox, outbox

ROWS = 100
ERASED = "erased"
BEGINNING = "0_0_0"
_PLACE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)_([0-9]{1,18})_([0-9]{1,9})")


@dataclass(frozen=True)
class Turn:
    """What was made of a message of the person's."""

    row: Row = field(repr=False)
    understood: Mapping[str, Any] = field(repr=False)
    done: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Attached:
    """A file that came with a message or went with it. Whoever has its id may not open it yet."""

    id: str = field(repr=False)
    name: str
    content_type: str


@dataclass(frozen=True)
class Message:
    """One message. `author` is user, bot, agent or system; `content` is what was sealed, None where
    no key opens it; `inbox_id` is the message itself, or the one that it answers."""

    conversation_id: int
    position: int
    author: str
    at: float
    channel: str
    state: str
    error: str | None
    account_id: int | None
    inbox_id: int | None
    content: Mapping[str, Any] | None = field(repr=False)
    turn: Turn | None = field(default=None, repr=False)
    files: tuple[Attached, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands in the timeline, as a cursor."""
        return f"{self.at:.9f}_{self.conversation_id}_{self.position}"

    @property
    def is_erased(self) -> bool:
        """Whether the person had it erased."""
        return self.state == ERASED


@dataclass(frozen=True)
class TimelinePage:
    """Some messages, oldest first. `earlier` is the cursor of those before, empty at the
    beginning; `last` that of the newest, or of the beginning where there is none."""

    messages: tuple[Message, ...]
    earlier: str = ""
    last: str = ""


class Timeline:
    """Reads messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, conversation_id: int, before: str = "", rows: int = ROWS) -> TimelinePage:
        """The newest messages of the conversation's person, or those before a cursor."""
        with self._database.reading() as connection:
            ids = of_one_person(connection, conversation_id)
            found = self._read(connection, ids, "before", before, rows + 1)
            shown = list(reversed(found[:rows]))
            messages = self._messages(connection, shown)
        earlier = messages[0].place if len(found) > rows else ""
        return TimelinePage(messages, earlier, messages[-1].place if messages else BEGINNING)

    def newer(self, conversation_id: int, after: str, rows: int = ROWS) -> TimelinePage:
        """The messages after a cursor; none where it is not one."""
        if not _PLACE.fullmatch(after):
            return TimelinePage((), last=after)
        with self._database.reading() as connection:
            ids = of_one_person(connection, conversation_id)
            messages = self._messages(connection, self._read(connection, ids, "after", after, rows))
        return TimelinePage(messages, last=messages[-1].place if messages else after)

    @staticmethod
    def _read(
        connection: Connection, ids: Sequence[int], side: str, cursor: str, rows: int
    ) -> list[Row]:
        statements = [_narrowed(s, side, cursor, rows) for s in (_theirs(ids), _ours(ids))]
        both = union_all(*(s.subquery().select() for s in statements)).subquery()
        order = (both.c.at, both.c.conversation_id, both.c.position)
        ordered = order if side == "after" else tuple(column.desc() for column in order)
        return list(connection.execute(select(both).order_by(*ordered).limit(rows)).all())

    def _messages(self, connection: Connection, rows: Sequence[Row]) -> tuple[Message, ...]:
        theirs = [row.inbox_id for row in rows if row.author == "user"]
        noted = connection.execute(select(turns).where(turns.c.inbox_id.in_(theirs)))
        by_inbox = {row.inbox_id: self._turn(row) for row in noted}
        opened = [(row, self._open(row.content_sealed)) for row in rows]
        came = _came_with(connection, theirs)
        went = _went_with(connection, [content for _, content in opened])
        return tuple(
            Message(
                row.conversation_id,
                row.position,
                row.author,
                row.at,
                row.channel,
                row.state,
                row.error,
                row.account_id,
                row.inbox_id,
                content,
                by_inbox.get(row.inbox_id) if row.author == "user" else None,
                tuple(
                    came.get(row.inbox_id, ())
                    if row.author == "user"
                    else [went[id] for id in _referred(content) if id in went]
                ),
            )
            for row, content in opened
        )

    def _turn(self, row: Row) -> Turn:
        understood, done = self._open(row.understood_sealed), self._open(row.done_sealed)
        return Turn(row, understood or {}, done or {})

    def _open(self, sealed: bytes) -> Mapping[str, Any] | None:
        try:
            return dict(self._database.cipher.open(sealed))
        except UnreadableError:
            return None


def _came_with(connection: Connection, inbox_ids: Sequence[int]) -> dict[int, list[Attached]]:
    """What people sent and was kept, by the message that it came with."""
    found: dict[int, list[Attached]] = {}
    for row in connection.execute(
        select(media.c.inbox_id, files.c.id, files.c.name, files.c.content_type)
        .join(files, files.c.id == media.c.file_id)
        .where(media.c.inbox_id.in_(inbox_ids))
        .order_by(media.c.inbox_id, media.c.ordinal)
    ):
        found.setdefault(row.inbox_id, []).append(Attached(row.id, row.name, row.content_type))
    return found


def _went_with(
    connection: Connection, contents: Sequence[Mapping[str, Any] | None]
) -> dict[str, Attached]:
    """The files that replies refer to, as far as they are still there."""
    ids = [file_id for content in contents for file_id in _referred(content)]
    columns = (files.c.id, files.c.name, files.c.content_type)
    rows = connection.execute(select(*columns).where(files.c.id.in_(ids)))
    return {row.id: Attached(row.id, row.name, row.content_type) for row in rows}


def _referred(content: Mapping[str, Any] | None) -> list[str]:
    """The ids in a reply's `image` and `file`."""
    named = ((content or {}).get(kind) for kind in ("image", "file"))
    return [found[1] for one in named if one and (found := REFERENCE.fullmatch(str(one)))]


def of_one_person(connection: Connection, conversation_id: int) -> list[int]:
    """The conversations of the person whose conversation it is."""
    person = select(conversations.c.person_id).where(conversations.c.id == conversation_id)
    statement = select(conversations.c.id).where(
        conversations.c.person_id == person.scalar_subquery()
    )
    return list(connection.execute(statement).scalars())


def _theirs(ids: Sequence[int]) -> Select:
    return select(
        inbox.c.conversation_id,
        inbox.c.position,
        literal("user").label("author"),
        inbox.c.received_at.label("at"),
        inbox.c.channel,
        inbox.c.state,
        cast(null(), String).label("error"),
        cast(null(), Integer).label("account_id"),
        inbox.c.id.label("inbox_id"),
        inbox.c.content_sealed,
    ).where(inbox.c.conversation_id.in_(ids), inbox.c.kind == "message")


def _ours(ids: Sequence[int]) -> Select:
    return (
        select(
            outbox.c.conversation_id,
            outbox.c.position,
            outbox.c.author,
            outbox.c.created_at.label("at"),
            addresses.c.channel,
            outbox.c.state,
            outbox.c.error,
            outbox.c.account_id,
            outbox.c.inbox_id,
            outbox.c.content_sealed,
        )
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.conversation_id.in_(ids))
    )


def _narrowed(statement: Select, side: str, cursor: str, rows: int) -> Select:
    at, conversation, position = (
        statement.selected_columns[name] for name in ("at", "conversation_id", "position")
    )
    place = tuple_(at, conversation, position)
    if found := _PLACE.fullmatch(cursor):
        given = tuple_(float(found[1]), int(found[2]), int(found[3]))
        statement = statement.where(place > given if side == "after" else place < given)
    order = (at, conversation, position)
    return statement.order_by(
        *(order if side == "after" else tuple(column.desc() for column in order))
    ).limit(rows)
