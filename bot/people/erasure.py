"""Erasing what is known of a person (LGPDPPSO arts. 43 ff.).

Kept: the rows without their content, so that no message is taken twice; the address, encrypted, by
which an answer reaches them; the proof of consent and of the erasure, which hold no datum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.people.effects import new_folio
from bot.people.notice import NOTICE_VERSION
from bot.people.store import People
from bot.storage.console_tables import notes
from bot.storage.database import Database
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
            in_theirs = outbox.c.conversation_id.in_(theirs)
            self._blank(connection, outbox, in_theirs, **gone)
            connection.execute(trackers.delete().where(trackers.c.conversation_id.in_(theirs)))
            for table in (files, link_codes):
                connection.execute(table.delete().where(table.c.person_id == person_id))
            connection.execute(notes.delete().where(notes.c.conversation_id.in_(theirs)))
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
