"""What the end of a message changes, in as few statements as there may be."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import bindparam, update

from bot.messaging import list_row
from bot.messaging.inbox import HELD, LET_NEXT_COME
from bot.messaging.search_index import ADD_WORDS
from bot.messaging.turn_notes import ADD_NOTES
from bot.people.store import is_as_known
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX
from bot.storage.desk_modes import is_held
from bot.storage.prepared import Often
from bot.storage.statements import Waking
from bot.storage.tables import inbox, outbox, trackers
from bot.storage.together import Several, Together

_END, _END_AS_KNOWN = (
    Waking(
        update(inbox)
        .where(HELD, ~is_held(inbox.c.conversation_id), *where)
        .values(state=bindparam("ended"), handled_at=bindparam("now"), claimed_until=None),
        NOTIFY_CHANNEL_OUTBOX,
        inbox.c.conversation_id,
    )
    for where in ((), (is_as_known(bindparam("of_conversation")),))
)
_WRITE = Several(
    outbox,
    *("conversation_id", "address_id", "position", "inbox_id", "ordinal", "author"),
    *("content_sealed", "created_at", "state", "due_at", "unasked"),
)
OF_TRACKER = trackers.c.conversation_id == bindparam("of_conversation")
_OF_SNAPSHOT = {
    "snapshot_sealed": bindparam("its_snapshot_sealed"),
    "inbox_id": bindparam("of_message"),
    "updated_at": bindparam("now"),
}
_WRITE_SNAPSHOT = update(trackers).where(OF_TRACKER).values(_OF_SNAPSHOT)
FIRST_SNAPSHOT = Often(
    trackers.insert().values({"conversation_id": bindparam("of_conversation"), **_OF_SNAPSHOT})
)


@lru_cache(maxsize=8)
def ending_of(kept: bool, noted: bool, as_known: bool) -> Together:
    """What ends a message: with a snapshot of the conversation, with a note, and where the person
    is as known, or without each."""
    ended = _END_AS_KNOWN if as_known else _END
    listed = list_row.TURN_ENDED if noted else list_row.ANSWERED
    more = {"kept": _WRITE_SNAPSHOT} if kept else {}
    brought = {"replies": _WRITE, "words": ADD_WORDS, "note": ADD_NOTES}
    changed = {"ended": ended, "come": LET_NEXT_COME, "listed": listed, **more}
    return Together(needs="ended", **changed, **brought)
