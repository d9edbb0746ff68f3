"""The tables of the phone line."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, LargeBinary, String, Table

from bot.storage.metadata import RowId, metadata
from bot.storage.tables import conversations, people

# Calls that go on in writing: what the call was about waits for whoever gives its code.
handoffs = Table(
    "handoffs",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # Keyed digests: of the call's id, by which it is taken once, of what was asked for, and of the
    # code.
    Column("call_index", String(64), nullable=False, unique=True),
    Column("body_index", String(64), nullable=False),
    Column("code_index", String(64), nullable=False, unique=True),
    # Topic, language, agent. No number, no name of a caller.
    Column("content_sealed", LargeBinary, nullable=False),
    # What was answered, with the code: for whoever asks again. Null once the code was used.
    Column("answer_sealed", LargeBinary),
    # Who gave the code.
    Column("person_id", RowId, ForeignKey(people.c.id), index=True),
    Column("valid_until", Float, nullable=False),
    Column("used_at", Float),
    Column("created_at", Float, nullable=False),
)

# Signatures of requests that were taken, as long as their time stamp is good: none is taken twice.
signatures = Table(
    "signatures",
    metadata,
    Column("signature_index", String(64), primary_key=True),
    Column("at", Float, nullable=False),
)

# Calls that the assistant answers: where each stands, and what each of its steps was told, so that
# a step that is asked for again is told the same.
voice_calls = Table(
    "voice_calls",
    metadata,
    Column("call_index", String(64), primary_key=True),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), nullable=False, index=True),
    Column("state_sealed", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
)
voice_steps = Table(
    "voice_steps",
    metadata,
    Column("call_index", String(64), ForeignKey("voice_calls.call_index"), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("answer_sealed", LargeBinary, nullable=False),
)
