"""What a turn is told before it begins: of the person, of the agents, of where the conversation
stands, and of what was offered last; and which of that a message means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.inbox import Claimed
from bot.messaging.media_answers import confirmed_in, words_of
from bot.messaging.options import NOT_WAITING, chosen_in, ends_waiting
from bot.messaging.outbox import Outbox
from bot.messaging.queue import seen_from
from bot.messaging.satisfaction import rated_in
from bot.messaging.turn_look import look_at
from bot.people.store import Known, People
from bot.storage.database import Database
from bot.storage.desk_modes import WAITING
from bot.storage.prepared import Often

_AT = Often(look_at(bindparam("of_conversation")))


@dataclass(frozen=True)
class Seen:
    """What is known as the turn begins."""

    known: Known
    desk: dict[str, Any]
    snapshot: dict[str, Any] | None = field(repr=False)
    offered: Sequence[Reply] = field(repr=False)
    unasked: bool = True
    """Whether something is to go out that nobody waits for."""


class Looks:
    """Reads it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outbox = Outbox(database)
        self._people = People(database)

    def at(self, conversation_id: int) -> Seen:
        """What a turn of the conversation is told. Raises UnreadableError where no configured key
        opens it."""
        with self._database.reading() as connection:
            row = _AT.run(connection, {"of_conversation": conversation_id}).one()
        return self._opened(conversation_id, row)

    def of(self, claimed: Claimed) -> Seen:
        """The same as it was when the message was claimed."""
        if claimed.look is None:
            return self.at(claimed.conversation_id)
        return self._opened(claimed.conversation_id, claimed.look)

    def _opened(self, conversation_id: int, row: Any) -> Seen:
        if row.person_id is None:
            raise LookupError("a conversation of nobody")
        return Seen(
            known=self._people.opened(row.person_id, row.version, row.record_sealed),
            desk=seen_from(self._database, conversation_id, row),
            snapshot=self._outbox.opened(row.snapshot_sealed),
            offered=self._outbox.replies_in(row.offered),
            unasked=bool(row.unasked),
        )

    def chosen(self, conversation_id: int, content: Incoming, seen: Seen) -> Option | None:
        """The option that is meant, by its id or by what was typed, among those offered last."""
        if content.event is not None:
            return None
        if content.option:
            return self._outbox.option(conversation_id, content.option)
        if seen.desk["mode"] == WAITING and ends_waiting(content.text):
            return NOT_WAITING
        words, offered = words_of(content), seen.offered
        readings = (chosen_in, confirmed_in, rated_in)
        found = (read(words, offered) for read in readings)
        return next((option for option in found if option is not None), None)
