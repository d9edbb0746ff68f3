"""Each kind of data: which rows are too old, and what erasing them means.

Rows stay where something else counts on them (no message is taken twice, figures stay right); what
people wrote in them goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.storage.call_tables import handoffs, voice_calls, voice_steps
from bot.storage.console_tables import (
    console_sessions,
    desk,
    login_failures,
    message_words,
    notes,
    reviews,
    satisfaction,
    turns,
)
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.tables import cases, errands, files, inbox, link_codes, outbox, trackers

ERASED = "erased"


@dataclass(frozen=True)
class Kind:
    """Rows of one table. `days` is the field of RetentionSettings that says how long they are kept.

    `old` selects the keys of rows from before a moment; `erase` is given some of these keys.
    """

    name: str
    days: str
    old: Callable[[float], Select]
    erase: Callable[[Database, Connection, Sequence[Any]], None]


def _deleted(table: Any, key: Any) -> Callable[[Database, Connection, Sequence[Any]], None]:
    def erase(_database: Database, connection: Connection, keys: Sequence[Any]) -> None:
        connection.execute(table.delete().where(key.in_(keys)))

    return erase


def _set(table: Any, key: Any, **values: Any) -> Callable[..., None]:
    def erase(_database: Database, connection: Connection, keys: Sequence[Any]) -> None:
        connection.execute(update(table).where(key.in_(keys)).values(**values))

    return erase


def _erase_received(database: Database, connection: Connection, keys: Sequence[Any]) -> None:
    empty = database.cipher.seal({})
    _forget_words(connection, inbox, keys)
    connection.execute(
        update(turns)
        .where(turns.c.inbox_id.in_(keys))
        .values(understood_sealed=empty, done_sealed=empty)
    )
    connection.execute(
        update(inbox).where(inbox.c.id.in_(keys)).values(content_sealed=empty, state=ERASED)
    )


def _erase_sent(database: Database, connection: Connection, keys: Sequence[Any]) -> None:
    empty = database.cipher.seal({})
    _forget_words(connection, outbox, keys)
    connection.execute(
        update(outbox).where(outbox.c.id.in_(keys)).values(content_sealed=empty, state=ERASED)
    )


def _erase_calls(_database: Database, connection: Connection, keys: Sequence[Any]) -> None:
    connection.execute(voice_steps.delete().where(voice_steps.c.call_index.in_(keys)))
    connection.execute(voice_calls.delete().where(voice_calls.c.call_index.in_(keys)))


def _forget_words(connection: Connection, table: Any, keys: Sequence[Any]) -> None:
    """The search does not find them any more. Both sides' messages share one row of positions."""
    gone = (
        select(table.c.id)
        .where(
            table.c.id.in_(keys),
            table.c.conversation_id == message_words.c.conversation_id,
            table.c.position == message_words.c.position,
        )
        .exists()
    )
    connection.execute(message_words.delete().where(gone))


KINDS: tuple[Kind, ...] = (
    Kind(
        "messages received",
        "messages",
        lambda before: select(inbox.c.id).where(
            inbox.c.received_at < before, inbox.c.state.not_in(("waiting", ERASED))
        ),
        _erase_received,
    ),
    Kind(
        "messages sent",
        "messages",
        lambda before: select(outbox.c.id).where(
            outbox.c.created_at < before, outbox.c.state.not_in(("waiting", "sending", ERASED))
        ),
        _erase_sent,
    ),
    Kind(
        "states of conversations",
        "messages",
        lambda before: select(trackers.c.conversation_id).where(trackers.c.updated_at < before),
        _deleted(trackers, trackers.c.conversation_id),
    ),
    Kind(
        "previews",
        "messages",
        lambda before: select(desk.c.conversation_id).where(
            desk.c.heard_at < before, desk.c.preview_sealed.is_not(None)
        ),
        _set(desk, desk.c.conversation_id, preview_sealed=None),
    ),
    Kind(
        "agents' notes",
        "messages",
        lambda before: select(notes.c.id).where(notes.c.at < before),
        _deleted(notes, notes.c.id),
    ),
    Kind(
        "reviewers' comments",
        "messages",
        lambda before: select(reviews.c.id).where(
            reviews.c.at < before, reviews.c.comment_sealed.is_not(None)
        ),
        _set(reviews, reviews.c.id, comment_sealed=None),
    ),
    Kind(
        "scores",
        "messages",
        lambda before: select(satisfaction.c.inbox_id).where(satisfaction.c.at < before),
        _deleted(satisfaction, satisfaction.c.inbox_id),
    ),
    Kind(
        "files",
        "files",
        lambda before: select(files.c.id).where(files.c.created_at < before),
        _deleted(files, files.c.id),
    ),
    Kind(
        "findings in files",
        "files",
        lambda before: select(media.c.id).where(
            media.c.created_at < before,
            media.c.state == "done",
            media.c.found_sealed.is_not(None),
        ),
        _set(media, media.c.id, found_sealed=None),
    ),
    Kind(
        "calls",
        "messages",
        lambda before: select(voice_calls.c.call_index).where(voice_calls.c.created_at < before),
        _erase_calls,
    ),
    Kind(
        "calls that go on in writing",
        "sessions",
        lambda before: select(handoffs.c.id).where(handoffs.c.valid_until < before),
        _deleted(handoffs, handoffs.c.id),
    ),
    Kind(
        "cases",
        "cases",
        lambda before: select(cases.c.id).where(
            cases.c.created_at < before,
            cases.c.state == "done",
            cases.c.content_sealed.is_not(None),
        ),
        _set(cases, cases.c.id, content_sealed=None),
    ),
    Kind(
        "errands",
        "errands",
        lambda before: select(errands.c.id).where(
            errands.c.state != "waiting", errands.c.done_at < before
        ),
        _deleted(errands, errands.c.id),
    ),
    Kind(
        "link codes",
        "sessions",
        lambda before: select(link_codes.c.code_index).where(link_codes.c.valid_until < before),
        _deleted(link_codes, link_codes.c.code_index),
    ),
    Kind(
        "console sessions",
        "sessions",
        lambda before: select(console_sessions.c.token_index).where(
            or_(
                console_sessions.c.seen_at < before,
                and_(
                    console_sessions.c.revoked_at.is_not(None),
                    console_sessions.c.revoked_at < before,
                ),
            )
        ),
        _deleted(console_sessions, console_sessions.c.token_index),
    ),
    Kind(
        "failed logins",
        "sessions",
        lambda before: select(login_failures.c.id).where(login_failures.c.at < before),
        _deleted(login_failures, login_failures.c.id),
    ),
)
