"""How content people are: which answer a typed message is, and the row that keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.engine import Connection

from bot.messaging.contents import Option, Reply
from bot.messaging.inbox import Claimed
from bot.people.effects import Effect
from bot.programme.satisfaction import read_score, read_spared
from bot.storage.console_tables import satisfaction

# The options of both questions, with their value.
SCORE, SPARED, VALUE = "give_score", "say_spared", "value"


def rated_in(text: str, replies: Sequence[Reply]) -> Option | None:
    """The option that a text in other words means, where one of the questions was asked last."""
    offered = next((reply.options for reply in reversed(replies) if reply.options), ())
    asked = offered[0].intent if offered else None
    value: str | None = None
    if asked == SCORE:
        score = read_score(text)
        value = None if score is None else str(score)
    elif asked == SPARED:
        spared = read_spared(text)
        value = None if spared is None else ("yes" if spared else "no")
    if value is None:
        return None
    return next((o for o in offered if o.intent == asked and o.entities.get(VALUE) == value), None)


def keep_score(connection: Connection, claimed: Claimed, effect: Effect, now: float) -> None:
    """One row for each time that somebody was asked: a score that is mended changes it."""
    if effect["message"] is not None:
        _change(connection, claimed, effect["message"], score=effect["score"])
        return
    connection.execute(
        satisfaction.insert().values(
            inbox_id=claimed.inbox_id,
            conversation_id=claimed.conversation_id,
            task=effect["task"],
            score=effect["score"],
            at=now,
        )
    )


def keep_spared(connection: Connection, claimed: Claimed, effect: Effect) -> None:
    """The answer to the second question goes into the row of the first."""
    _change(connection, claimed, effect["message"], spared_a_call=int(effect["spared"]))


def _change(connection: Connection, claimed: Claimed, message: int, **values: int) -> None:
    # Erased meanwhile, it stays erased.
    mine = satisfaction.c.conversation_id == claimed.conversation_id
    connection.execute(
        update(satisfaction).where(satisfaction.c.inbox_id == message, mine).values(**values)
    )
