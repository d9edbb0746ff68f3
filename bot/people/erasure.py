"""Erasing what is known of a person (LGPDPPSO arts. 43 ff.).

Kept: the rows without their content, so that no message is taken twice; the address, encrypted, by
which an answer reaches them; the proof of consent and of the erasure, which hold no datum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.people.effects import new_folio
from bot.people.notice import NOTICE_VERSION
from bot.people.store import People
from bot.storage.call_tables import handoffs, voice_calls, voice_steps
from bot.storage.console_tables import (
    desk,
    message_words,
    notes,
    review_items,
    reviews,
    satisfaction,
    tags,
    turns,
)
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.tables import (
    cases,
    consents,
    conversations,
    errands,
    files,
    inbox,
    link_codes,
    outbox,
    trackers,
)


class Erasure:
    """Erases in one transaction, whichever channel it is asked for in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)

    def of(self, person_id: int, channel: str) -> Callable[[Connection, float], dict[str, Any]]:
        """What is done in the transaction; its answer has the `folio`."""

        def erase(connection: Connection, now: float) -> dict[str, Any]:
            theirs = select(conversations.c.id).where(conversations.c.person_id == person_id)
            empty = self._database.cipher.seal({})
            # What waits was written after they asked for this: it is answered as anything new. What
            # came of other errands meanwhile is not.
            in_theirs = inbox.c.conversation_id.in_(theirs)
            events = inbox.c.kind == "event"
            gone = {"content_sealed": empty, "state": "erased"}
            waiting = inbox.c.state == "waiting"
            self._blank(connection, inbox, in_theirs & (events | ~waiting), **gone)
            self._forget_media(connection, in_theirs, now)
            in_theirs = outbox.c.conversation_id.in_(theirs)
            self._blank(connection, outbox, in_theirs, **gone)
            connection.execute(trackers.delete().where(trackers.c.conversation_id.in_(theirs)))
            calls = voice_calls.c.conversation_id.in_(theirs)
            of_calls = select(voice_calls.c.call_index).where(calls)
            connection.execute(voice_steps.delete().where(voice_steps.c.call_index.in_(of_calls)))
            connection.execute(voice_calls.delete().where(calls))
            self._erase_from_console(connection, theirs, empty)
            for table in (files, link_codes, handoffs):
                connection.execute(table.delete().where(table.c.person_id == person_id))
            mine = errands.c.person_id == person_id
            undone = errands.c.state == "waiting"
            self._blank(connection, errands, mine & undone, state="cancelled", done_at=now)
            self._blank(connection, errands, mine, request_sealed=empty)
            self._blank(
                connection, cases, cases.c.person_id == person_id, content_sealed=None, state="done"
            )
            known = self._people.by_id(connection, person_id)
            self._people.write(connection, known, None)
            return {"folio": self._log(connection, person_id, channel, now)}

        return erase

    def _forget_media(self, connection: Connection, in_theirs: Any, now: float) -> None:
        """What came with the messages that are erased now; what their provider still has is deleted
        there, and whoever works on it loses it."""
        erased = select(inbox.c.id).where(in_theirs, inbox.c.state == "erased")
        mine = media.c.inbox_id.in_(erased)
        self._blank(connection, media, mine, found_sealed=None, file_id=None)
        to_delete = {"state": "delete", "due_at": now, "claimed_by": None, "claimed_until": None}
        self._blank(connection, media, mine & (media.c.state == "waiting"), **to_delete)

    def _erase_from_console(self, connection: Connection, theirs: Select, empty: bytes) -> None:
        """What agents see and wrote of the person. What was counted (topics, times) holds no
        datum."""
        in_turns = turns.c.conversation_id.in_(theirs)
        self._blank(connection, turns, in_turns, understood_sealed=empty, done_sealed=empty)
        in_desk = desk.c.conversation_id.in_(theirs)
        self._blank(connection, desk, in_desk, preview_sealed=None)
        items = select(review_items.c.id).where(review_items.c.conversation_id.in_(theirs))
        self._blank(connection, reviews, reviews.c.item_id.in_(items), comment_sealed=None)
        for table in (notes, tags, satisfaction):
            connection.execute(table.delete().where(table.c.conversation_id.in_(theirs)))
        # The words of what waits to be answered stay with it.
        waiting = select(inbox.c.id).where(
            inbox.c.conversation_id == message_words.c.conversation_id,
            inbox.c.position == message_words.c.position,
            inbox.c.state == "waiting",
            inbox.c.kind == "message",
        )
        in_words = message_words.c.conversation_id.in_(theirs)
        connection.execute(message_words.delete().where(in_words, ~waiting.exists()))

    @staticmethod
    def _blank(connection: Connection, table: Any, where: Any, **values: Any) -> None:
        connection.execute(update(table).where(where).values(**values))

    @staticmethod
    def _log(connection: Connection, person_id: int, channel: str, now: float) -> str:
        folio = new_folio("erasure")
        connection.execute(
            cases.insert().values(
                folio=folio, kind="erasure", channel=channel, state="done", created_at=now
            )
        )
        connection.execute(
            consents.insert().values(
                person_id=person_id,
                channel=channel,
                notice_version=NOTICE_VERSION,
                extent="none",
                at=now,
            )
        )
        return folio
