"""What a turn is told before it begins: of the person, of the agents, of where the conversation
stands, and of what was offered last; and which of that a message means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.desk import WAITING
from bot.messaging.media_answers import confirmed_in, words_of
from bot.messaging.options import NOT_WAITING, chosen_in, ends_waiting
from bot.messaging.outbox import LAST_REPLIES, Outbox, has_unasked
from bot.messaging.queue import QUEUE_COLUMNS, seen_from
from bot.messaging.satisfaction import rated_in
from bot.people.store import Known, People
from bot.storage.console_tables import desk
from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.tables import conversations, people, trackers

_AT = Often(
    select(
        people.c.id,
        people.c.version,
        people.c.record_sealed,
        trackers.c.snapshot_sealed,
        has_unasked(conversations.c.id).label("unasked"),
        LAST_REPLIES.label("offered"),
        *QUEUE_COLUMNS,
    )
    .select_from(
        conversations.join(people, people.c.id == conversations.c.person_id)
        .outerjoin(desk, desk.c.conversation_id == conversations.c.id)
        .outerjoin(trackers, trackers.c.conversation_id == conversations.c.id)
    )
    .where(conversations.c.id == bindparam("of_conversation"))
)


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
        of_it = {"of_conversation": conversation_id}
        with self._database.reading() as connection:
            row = _AT.run(connection, of_it).one()
            return Seen(
                known=self._people.known(row),
                desk=seen_from(connection, conversation_id, row),
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
