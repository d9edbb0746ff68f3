"""What was made of a message, noted beside it: for the agents' console and for the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.programme.registration_fields import FIELDS
from bot.storage.console_tables import registration_steps, turns
from bot.storage.encryption import Cipher
from bot.storage.together import Several

ADD_NOTES = Several(turns, *(column.name for column in turns.c))
LIKELIEST = 5
# Taken as an answer to a question of ours: what topic it would be says nothing.
TASK, OPTION, EVENT = "task", "option", "event"
# What is counted of the way to a registration, in the order in which it is asked.
STEPS = ("consent", *FIELDS)


@dataclass(frozen=True)
class TurnNote:
    """What was understood and done.

    `decision`: answer, clarify or fallback where a topic was looked for (only then there is a
    `confidence`), else task, option or event. `task` is the one under way after the turn.
    `reached`: what the conversation came to with it, of quota, registered, line, handed_over.
    """

    decision: str
    language: str
    topic: str | None = None
    confidence: float | None = None
    task: str | None = None
    understood: dict[str, Any] = field(default_factory=dict, repr=False)
    done: dict[str, Any] = field(default_factory=dict, repr=False)
    reached: frozenset[str] = frozenset()
    milliseconds: int = 0
    model: str = ""


def row_of_note(
    cipher: Cipher,
    inbox_id: int,
    conversation_id: int,
    channel: str,
    now: float,
    note: TurnNote,
    waited: float | None = None,
) -> dict[str, Any]:
    """What `ADD_NOTES` is given to keep a note. `waited`: how long the person did for the first
    reply."""
    return {
        "inbox_id": inbox_id,
        "conversation_id": conversation_id,
        "at": now,
        "channel": channel,
        "language": note.language,
        "topic": note.topic,
        "confidence": note.confidence,
        "decision": note.decision,
        "milliseconds": note.milliseconds,
        "waited": waited,
        "model": note.model[:64],
        "understood_sealed": cipher.seal(note.understood),
        "done_sealed": cipher.seal(note.done),
    }


def add_steps(connection: Connection, conversation_id: int, now: float, note: TurnNote) -> None:
    """Which data were given for the first time. The conversation's row is locked by then."""
    learned = [step for step in STEPS if step in (note.done.get("learned") or ())]
    if not learned:
        return
    of_it = registration_steps.c.conversation_id == conversation_id
    known = set(connection.execute(select(registration_steps.c.step).where(of_it)).scalars())
    rows = [
        {"conversation_id": conversation_id, "step": step, "at": now}
        for step in learned
        if step not in known
    ]
    if rows:
        connection.execute(registration_steps.insert(), rows)
