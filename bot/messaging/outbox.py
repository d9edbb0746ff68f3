"""The outbox: replies, committed together with the end of the message that they answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all, update
from sqlalchemy.engine import Connection

from bot.messaging import list_row
from bot.messaging.contents import FETCHED, Incoming, Option, Reply
from bot.messaging.ending import FIRST_SNAPSHOT, OF_TRACKER, ending_of
from bot.messaging.inbox import Claimed, held
from bot.messaging.places import Place, take_positions
from bot.messaging.search_index import rows_of_words, words_of_reply
from bot.messaging.turn_look import IS_UNASKED
from bot.messaging.turn_notes import TurnNote, add_steps, row_of_note
from bot.people.store import Known, as_known, check
from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.tables import inbox, outbox, trackers

# Message, reply and place, as `RepliesChannel` numbers them; no more digits than a column holds.
_OPTION_ID = re.compile(r"[0-9]{1,18}\.[0-9]{1,9}\.[0-9]{1,9}")


ERASED = "erased"
Rows = Sequence[Mapping[str, Any]]


class ClaimLostError(Exception):
    """Another brain holds the message now, or an agent the conversation: what was worked out is
    dropped."""


@dataclass(frozen=True)
class Line:
    """One message of a conversation as a person sees it."""

    position: int
    author: str
    content: Incoming | Reply
    at: float


class Outbox:
    """Writes replies and reads conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def finish(
        self,
        claimed: Claimed,
        brain: str,
        replies: Sequence[Reply],
        snapshot: dict[str, Any] | None,
        state: str = "done",
        outside: Callable[[Connection, float], None] | None = None,
        note: TurnNote | None = None,
        unasked: bool = True,
        unchanged: Known | None = None,
    ) -> bool:
        """Ends a message: its replies, the conversation's tracker, its state, `outside` what else
        came of it, and the note of what was made of it, in one transaction. Not `unasked`: as the
        turn began there was nothing that `has_unasked`, and only turns put it there. `unchanged`:
        what was known of the person, where that is left as it is.

        Either all of it is in the database or nothing is, and the message is tried again: that is
        why no message is answered twice. Gives whether one of the conversation that waited for this
        may be taken now. Raises ClaimLostError where the claim passed to another brain, or an agent
        took the conversation over, and StaleRecordError where something else is known of the person
        by now.
        """
        with self._database.writing() as connection:
            # The conversation's row is locked before the inbox's, as in `Inbox.receive`: no
            # deadlock.
            place = take_positions(connection, claimed.conversation_id, len(replies))
            now = place.now
            listed = list_row.turn_values(now, bool(replies), note)
            ended = {**held(claimed, brain), "ended": state, "now": now, **listed}
            rows = self._rows(claimed, replies, place, note)
            come = self._end(connection, ended, snapshot, rows, unchanged)
            if unasked and replies and not _is_unasked(claimed):
                _put_unasked_behind(connection, claimed.conversation_id)
            if outside is not None:
                outside(connection, now)
            if note is not None:
                add_steps(connection, claimed.conversation_id, now, note)
        return come

    def _end(
        self,
        connection: Connection,
        values: dict[str, Any],
        snapshot: dict[str, Any] | None,
        rows: Mapping[str, Rows],
        unchanged: Known | None,
    ) -> bool:
        if snapshot is not None:
            values["its_snapshot_sealed"] = self._database.cipher.seal(snapshot)
        if unchanged is not None:
            values |= as_known(unchanged)
        ending = ending_of(snapshot is not None, bool(rows["note"]), unchanged is not None)
        done = ending.run(connection, values, **rows)
        if not done["ended"]:
            if unchanged is not None:
                check(connection, values["of_conversation"], unchanged)
            raise ClaimLostError(values["of_message"])
        if done.get("kept") == 0:
            FIRST_SNAPSHOT.run(connection, values)
        return bool(done["come"])

    def _rows(
        self, claimed: Claimed, replies: Sequence[Reply], place: Place, note: TurnNote | None
    ) -> dict[str, Rows]:
        """What the end of a message brings: its replies, the words by which they are found, and the
        note of what was made of it."""
        cipher, of_it, first = self._database.cipher, claimed.conversation_id, place.first
        words = {first + n: words_of_reply(reply) for n, reply in enumerate(replies)}
        noted = [self._note(claimed, place.now, note, bool(replies))] if note is not None else []
        return {
            "replies": self._reply_rows(claimed, replies, place),
            "words": rows_of_words(cipher, of_it, words),
            "note": noted,
        }

    def _reply_rows(self, claimed: Claimed, replies: Sequence[Reply], place: Place) -> Rows:
        fetched = claimed.channel in FETCHED
        return [
            {
                "conversation_id": claimed.conversation_id,
                "address_id": claimed.address_id,
                "position": place.first + ordinal,
                "inbox_id": claimed.inbox_id,
                "ordinal": ordinal,
                "author": "bot",
                "content_sealed": self._database.cipher.seal(reply.as_json()),
                "created_at": place.now,
                "state": "kept" if fetched else "waiting",
                "due_at": None if fetched else place.now,
                "unasked": int(_is_unasked(claimed)),
            }
            for ordinal, reply in enumerate(replies)
        ]

    def _note(self, claimed: Claimed, now: float, note: TurnNote, replied: bool) -> dict[str, Any]:
        # A clock that was put back says nothing of how long it took.
        waited = now - claimed.received_at if replied and now >= claimed.received_at else None
        of_it = (claimed.inbox_id, claimed.conversation_id, claimed.channel)
        return row_of_note(self._database.cipher, *of_it, now, note, waited)

    def snapshot(self, conversation_id: int) -> dict[str, Any] | None:
        """The conversation's tracker as it was left by the last message."""
        with self._database.reading() as connection:
            sealed = _SNAPSHOT.run(connection, {"of_conversation": conversation_id})
            return self.opened(sealed.scalar_one_or_none())

    def opened(self, snapshot_sealed: bytes | None) -> dict[str, Any] | None:
        """The same of its row, read elsewhere."""
        return (
            None if snapshot_sealed is None else dict(self._database.cipher.open(snapshot_sealed))
        )

    def replies_in(self, sealed: Sequence[bytes]) -> list[Reply]:
        """What a look has `offered`, opened."""
        return [Reply.from_json(self._database.cipher.open(one)) for one in sealed]

    def conversation(self, conversation_id: int, after: int = 0, limit: int = 200) -> list[Line]:
        """Messages of both sides after a position, oldest first."""
        theirs = select(
            inbox.c.position,
            literal("user").label("author"),
            inbox.c.content_sealed,
            inbox.c.received_at.label("at"),
        ).where(
            inbox.c.conversation_id == conversation_id,
            inbox.c.position > after,
            inbox.c.kind == "message",
            inbox.c.state != ERASED,
        )
        ours = select(
            outbox.c.position, outbox.c.author, outbox.c.content_sealed, outbox.c.created_at
        ).where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.position > after,
            outbox.c.state != ERASED,
        )
        statement = union_all(theirs, ours).order_by("position").limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [self._line(row) for row in rows]

    def option(self, conversation_id: int, option_id: str) -> Option | None:
        """An option that was offered in this conversation, however long ago; None for any other."""
        if not _OPTION_ID.fullmatch(option_id):
            return None
        number, ordinal, _ = option_id.split(".")
        statement = select(outbox.c.content_sealed).where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.inbox_id == int(number),
            outbox.c.ordinal == int(ordinal),
        )
        with self._database.reading() as connection:
            sealed = connection.execute(statement).scalar_one_or_none()
        if sealed is None:
            return None
        offered = Reply.from_json(self._database.cipher.open(sealed)).options
        return next((option for option in offered if option.id == option_id), None)

    def _line(self, row: Any) -> Line:
        value = self._database.cipher.open(row.content_sealed)
        content = Incoming(**value) if row.author == "user" else Reply.from_json(value)
        return Line(row.position, row.author, content, row.at)


_SNAPSHOT = Often(select(trackers.c.snapshot_sealed).where(OF_TRACKER))
_UNASKED = (
    select(outbox.c.id)
    .where(outbox.c.conversation_id == bindparam("of_conversation"), IS_UNASKED)
    .order_by(outbox.c.position)
    # Whoever is just claiming one is waited for: then it is being sent, and stays.
    .with_for_update()
)


def _is_unasked(claimed: Claimed) -> bool:
    return claimed.content is not None and claimed.content.is_unasked


def _put_unasked_behind(connection: Connection, conversation_id: int) -> None:
    """What nobody waits for, and has not begun to go out, moves to the end of the conversation:
    there people see it, and what they type next may mean what it offers."""
    of_it = {"of_conversation": conversation_id}
    for row_id in connection.execute(_UNASKED, of_it).scalars().all():
        position = take_positions(connection, conversation_id, 1).first
        connection.execute(update(outbox).where(outbox.c.id == row_id).values(position=position))
