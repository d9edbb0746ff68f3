"""What a turn is told before it begins: of the person, of the agents, of where the conversation
stands, and of what was offered last; and which of that a message means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.desk import WAITING
from bot.messaging.media_answers import confirmed_in, words_of
from bot.messaging.options import NOT_WAITING, chosen_in, ends_waiting
from bot.messaging.outbox import Outbox
from bot.messaging.queue import Queue
from bot.messaging.satisfaction import rated_in
from bot.people.store import Known, People
from bot.storage.database import Database


@dataclass(frozen=True)
class Seen:
    """What is known as the turn begins."""

    known: Known
    desk: dict[str, Any]
    snapshot: dict[str, Any] | None = field(repr=False)
    offered: Sequence[Reply] = field(repr=False)


class Looks:
    """Reads it, in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outbox = Outbox(database)
        self._people = People(database)
        self._queue = Queue(database)

    def at(self, conversation_id: int) -> Seen:
        """What a turn of the conversation is told. Raises UnreadableError where no configured key
        opens it."""
        with self._database.reading() as connection:
            return Seen(
                known=self._people.read(connection, conversation_id),
                desk=self._queue.seen_from(connection, conversation_id),
                snapshot=self._outbox.read_snapshot(connection, conversation_id),
                offered=self._outbox.last_replies(connection, conversation_id),
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
