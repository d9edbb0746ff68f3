"""What the agents' list shows of a conversation (its row in `desk`), kept up to date in the
transactions in which it changes.

Everywhere the conversation's row or the message's is locked before the desk's: no deadlock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Float, String, bindparam, case, func, select, update
from sqlalchemy.engine import Connection

from bot.messaging.contents import Incoming, Reply
from bot.messaging.places import Place
from bot.messaging.search_index import ADD_WORDS, rows_of_words, words_of_reply
from bot.messaging.turn_notes import TurnNote
from bot.storage.console_tables import desk
from bot.storage.desk_modes import BOT, CLOSED
from bot.storage.encryption import Cipher
from bot.storage.prepared import Often
from bot.storage.tables import outbox

PREVIEW_LENGTH = 140
_OF_IT = desk.c.conversation_id == bindparam("of_conversation")
_IS_CLOSED = desk.c.mode == CLOSED
_WROTE = {
    name: bindparam(f"its_{name}") for name in ("last_at", "heard_at", "channel", "preview_sealed")
}
PERSON_WROTE = (
    update(desk)
    .where(_OF_IT)
    .values(
        **_WROTE,
        unread=desk.c.unread + 1,
        # Whoever writes opens it again.
        mode=case((_IS_CLOSED, BOT), else_=desk.c.mode),
        close_reason=case((_IS_CLOSED, None), else_=desk.c.close_reason),
    )
)
_WROTE_FIRST = Often(
    desk.insert().values(
        {
            **_WROTE,
            "conversation_id": bindparam("of_conversation"),
            "first_at": bindparam("its_last_at"),
            "unread": 1,
        }
    )
)
NOT_UNDERSTOOD = "fallback"
REACHED = {
    "quota": desk.c.quota_at,
    "registered": desk.c.registered_at,
    "line": desk.c.line_at,
    "handed_over": desk.c.handed_over_at,
}
_LAST_AT = func.coalesce(bindparam("its_last_at", type_=Float), desk.c.last_at)
ANSWERED = update(desk).where(_OF_IT).values(last_at=_LAST_AT)
_CONFIDENCE = bindparam("its_confidence", type_=Float)
_LOWEST = desk.c.lowest_confidence
TURN_ENDED = (
    update(desk)
    .where(_OF_IT)
    .values(
        {
            "last_at": _LAST_AT,
            "language": bindparam("its_language"),
            "task": bindparam("its_task"),
            "topic": func.coalesce(bindparam("its_topic", type_=String), desk.c.topic),
            "lowest_confidence": case(
                (_CONFIDENCE.is_(None), _LOWEST),
                (_LOWEST.is_(None) | (_LOWEST > _CONFIDENCE), _CONFIDENCE),
                else_=_LOWEST,
            ),
            "fallbacks": desk.c.fallbacks + bindparam("its_fallbacks"),
            **{
                column.name: func.coalesce(column, bindparam(f"its_{name}", type_=Float))
                for name, column in REACHED.items()
            },
        }
    )
)


def values_of(cipher: Cipher, channel: str, place: Place, content: Incoming) -> dict[str, Any]:
    """What the list shows of a message that came; `its` are what `PERSON_WROTE` is given."""
    preview = {"text": content.text[:PREVIEW_LENGTH], "media": content.media}
    return {
        "last_at": place.now,
        "heard_at": place.now,
        "channel": channel,
        "preview_sealed": cipher.seal(preview),
    }


def its(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values under the names of the statements' parameters."""
    return {f"its_{name}": value for name, value in values.items()}


def add_first(connection: Connection, given: Mapping[str, Any]) -> None:
    """The row, with a conversation's first message, given what `PERSON_WROTE` is. The
    conversation's row is locked by the caller, so that two first messages do not both make one."""
    _WROTE_FIRST.run(connection, given)


def we_wrote(
    connection: Connection,
    cipher: Cipher,
    conversation_id: int,
    place: Place,
    reply: Reply,
) -> None:
    """An agent wrote, or the person was told of one: it stands in the list and is found by its
    words."""
    of_it = desk.c.conversation_id == conversation_id
    connection.execute(update(desk).where(of_it).values(last_at=place.now))
    words = {place.first: words_of_reply(reply)}
    ADD_WORDS.run(connection, rows_of_words(cipher, conversation_id, words))


def turn_values(now: float, replied: bool, note: TurnNote | None) -> dict[str, Any]:
    """What `TURN_ENDED` and `ANSWERED` are given: the assistant answered, or was done without an
    answer."""
    answered = {"its_last_at": now if replied else None}
    if note is None:
        return answered
    return {
        **answered,
        "its_language": note.language,
        "its_task": note.task,
        "its_topic": note.topic,
        "its_confidence": note.confidence,
        "its_fallbacks": int(note.decision == NOT_UNDERSTOOD),
        **{f"its_{name}": now if name in note.reached else None for name in REACHED},
    }


def delivery_failed(connection: Connection, outbox_id: int) -> None:
    """A message that was to be sent will not arrive."""
    conversation = (
        select(outbox.c.conversation_id).where(outbox.c.id == outbox_id).scalar_subquery()
    )
    connection.execute(
        update(desk)
        .where(desk.c.conversation_id == conversation)
        .values(delivery_failures=desk.c.delivery_failures + 1)
    )


def mark_read(connection: Connection, conversation_ids: list[int]) -> None:
    """An agent looked."""
    unread = desk.c.conversation_id.in_(conversation_ids) & (desk.c.unread > 0)
    connection.execute(update(desk).where(unread).values(unread=0))
