"""The table of what came with messages: fetched, kept, read, deleted at the provider, by lease.

The message that it came with is held meanwhile, as a brain's claim would hold it: those after it
wait, so the order is kept, and when the hold ends before anything was found it is answered without.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, literal_column, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging.contents import Incoming
from bot.messaging.found import Found, with_found
from bot.people.files import Files
from bot.storage.database import NOTIFY_CHANNEL_INBOX, NOTIFY_CHANNEL_MEDIA, Database
from bot.storage.encryption import UnreadableError
from bot.storage.media_tables import OPEN_MEDIA, media
from bot.storage.statements import among, begun, prolonged
from bot.storage.tables import conversations, inbox
from bot.storage.taking import Taking

WAITING, DELETE, DONE = "waiting", "delete", "done"
HELD_BY = "media"


class MediaLostError(Exception):
    """Another runner holds it now, or it was erased: what was done is not committed."""


@dataclass(frozen=True)
class Attachment:
    """What came with a message. `source` is where the provider has it; what is not `wanted` is not
    fetched, only deleted there."""

    kind: str
    source: dict[str, Any] = field(repr=False)
    wanted: bool = True


@dataclass(frozen=True)
class Media:
    """An attachment that this runner may work on until its claim ends. `age`: since it came,
    seconds. `source` is None where no key opens it."""

    id: int
    inbox_id: int
    channel: str
    kind: str
    source: dict[str, Any] | None = field(repr=False)
    state: str
    file_id: str | None = field(repr=False)
    attempts: int
    age: float


def attach(
    database: Database,
    connection: Connection,
    inbox_id: int,
    channel: str,
    attachments: Sequence[Attachment],
    hold_seconds: float,
) -> None:
    """Writes what came with a message and holds it, in the transaction that stores the message. Of
    one that is not answered everything is only deleted at the provider."""
    now = database.now(connection)
    wanted = any(attachment.wanted for attachment in attachments)
    held = wanted and _hold(connection, inbox_id, now + hold_seconds)
    rows = [
        {
            "inbox_id": inbox_id,
            "ordinal": ordinal,
            "channel": channel,
            "kind": attachment.kind,
            "source_sealed": database.cipher.seal(attachment.source),
            "state": WAITING if attachment.wanted and held else DELETE,
            "due_at": now,
            "created_at": now,
        }
        for ordinal, attachment in enumerate(attachments)
    ]
    connection.execute(media.insert(), rows)
    database.notify(connection, NOTIFY_CHANNEL_MEDIA, inbox_id)


def _hold(connection: Connection, inbox_id: int, until: float) -> bool:
    """Keeps the brains from a message; False where it is not to be answered at all."""
    held = connection.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state == WAITING)
        .values(claimed_by=HELD_BY, claimed_until=until)
    )
    return bool(held.rowcount == 1)


class ReceivedMedia:
    """Hands out what is to be fetched, read or deleted, and takes what came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._files = Files(database)

    def claim(self, runner: str, channels: Collection[str], seconds: float) -> Media | None:
        """What has been due longest, of these channels, and nobody holds."""
        which = {"channels": sorted(channels)}
        row = _CLAIM.take(self._database, runner, seconds, which)
        if row is None:
            return None
        return Media(
            id=row.id,
            inbox_id=row.inbox_id,
            channel=row.channel,
            kind=row.kind,
            source=self._source(row.source_sealed),
            state=row.state,
            file_id=row.file_id,
            attempts=row.attempts + 1,
            age=row.now - row.created_at,
        )

    def _source(self, sealed: bytes) -> dict[str, Any] | None:
        try:
            return dict(self._database.cipher.open(sealed))
        except UnreadableError:
            return None

    def renew(self, one: Media, runner: str, seconds: float) -> bool:
        """Prolongs a claim; False where it is this runner's no longer."""
        with self._database.writing() as connection:
            until = prolonged(media.c.claimed_until, seconds)
            return self._change(connection, one, runner, claimed_until=until)

    def keep(self, one: Media, runner: str, name: str, content_type: str, content: bytes) -> None:
        """Stores what was fetched. Raises MediaLostError."""
        with self._database.writing() as connection:
            whose = connection.execute(
                select(conversations.c.person_id)
                .join(inbox, inbox.c.conversation_id == conversations.c.id)
                .where(inbox.c.id == one.inbox_id)
            ).scalar_one()
            file_id = self._files.keep(connection, whose, name, content_type, content)
            if not self._change(connection, one, runner, file_id=file_id):
                raise MediaLostError(one.id)

    def later(self, one: Media, runner: str, seconds: float) -> None:
        """Gives a claim back: it is tried again after a while. Raises MediaLostError."""
        with self._database.writing() as connection:
            due_at = self._database.now(connection) + seconds
            if not self._change(connection, one, runner, due_at=due_at, claimed_until=None):
                raise MediaLostError(one.id)

    def finish(self, one: Media, runner: str, found: Found) -> None:
        """Notes what was found; with the last of a message's media, the message may be answered.

        Raises MediaLostError.
        """
        with self._database.writing() as connection:
            # Locked first, as erasing does: two of a message are not finished at once.
            message = connection.execute(
                select(inbox).where(inbox.c.id == one.inbox_id).with_for_update()
            ).one()
            now = self._database.now(connection)
            noted = self._change(
                connection,
                one,
                runner,
                state=DELETE,
                found_sealed=self._database.cipher.seal(found),
                attempts=0,
                due_at=now,
                claimed_until=None,
            )
            if not noted:
                raise MediaLostError(one.id)
            self._release(connection, message)

    def _release(self, connection: Connection, message: Any) -> None:
        """Lets the message be answered with what was found, where nothing more is to come."""
        theirs = media.c.inbox_id == message.id
        rows = connection.execute(select(media).where(theirs).order_by(media.c.ordinal)).all()
        if any(row.state == WAITING for row in rows):
            return
        cipher = self._database.cipher
        found = [cipher.open(row.found_sealed) for row in rows if row.found_sealed is not None]
        content = with_found(Incoming(**cipher.open(message.content_sealed)), found)
        held = and_(inbox.c.state == WAITING, inbox.c.claimed_by == HELD_BY)
        connection.execute(
            update(inbox)
            .where(inbox.c.id == message.id, held)
            .values(
                content_sealed=cipher.seal(content.as_json()), claimed_by=None, claimed_until=None
            )
        )
        connection.execute(update(media).where(theirs).values(found_sealed=None))
        self._database.notify(connection, NOTIFY_CHANNEL_INBOX, message.conversation_id)

    def done(self, one: Media, runner: str) -> None:
        """There is nothing of it at the provider any more, or nobody can say what there is."""
        with self._database.writing() as connection:
            empty = self._database.cipher.seal({})
            self._change(connection, one, runner, state=DONE, source_sealed=empty)

    @staticmethod
    def _change(connection: Connection, one: Media, runner: str, **values: Any) -> bool:
        changed = connection.execute(update(media).where(_still_held(one, runner)).values(**values))
        return bool(changed.rowcount == 1)


def _still_held(one: Media, runner: str) -> ColumnElement:
    return and_(
        media.c.id == one.id,
        media.c.claimed_by == runner,
        media.c.attempts == one.attempts,
        media.c.state == one.state,
    )


_CLAIM = Taking(
    media,
    select(media, begun().label("now"))
    .where(
        literal_column(OPEN_MEDIA),
        media.c.due_at <= begun(),
        or_(media.c.claimed_until.is_(None), media.c.claimed_until < begun()),
        among(media.c.channel, "channels"),
    )
    .order_by(media.c.due_at, media.c.id),
)
