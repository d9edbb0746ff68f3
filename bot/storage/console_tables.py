"""The tables of the agents' console. What people or agents wrote is in `*_sealed` columns."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.storage.metadata import RowId, index_of_some, metadata
from bot.storage.tables import conversations, inbox

accounts = Table(
    "accounts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What is typed at the login, in small letters.
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    # agent | reviewer | supervisor | administrator
    Column("role", String(16), nullable=False),
    Column("password_hash", String(128), nullable=False),
    # Where 1, nothing but the change of the password is possible.
    Column("must_change_password", Integer, nullable=False, server_default="0"),
    # The secret of the second step; null: not set up.
    Column("totp_sealed", LargeBinary),
    # The last time step that was used: no code is good twice.
    Column("totp_used", Integer, nullable=False, server_default="0"),
    Column("language", String(2), nullable=False, server_default="es"),
    # active | blocked
    Column("state", String(8), nullable=False, server_default="active"),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float),
)

console_sessions = Table(
    "console_sessions",
    metadata,
    # A keyed digest of what the cookie holds.
    Column("token_index", String(64), primary_key=True),
    Column("account_id", RowId, ForeignKey("accounts.id"), nullable=False, index=True),
    # 1 once the second step was taken, or where the account has none.
    Column("complete", Integer, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    # What the person last proved anew (password or second step) for a delicate deed.
    Column("proved_at", Float, nullable=False),
    Column("revoked_at", Float),
)

# Failed logins, by a keyed digest of the account's name or the caller's address.
login_failures = Table(
    "login_failures",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_login_failures_subject_at", "subject", "at"),
)

# Append-only: each entry carries the hash of the one before.
audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    # Null: the system.
    Column("account_id", RowId, ForeignKey("accounts.id"), index=True),
    Column("deed", String(32), nullable=False, index=True),
    # What it was done to: "conversation/12". No personal data here nor in the detail.
    Column("object", String(64), nullable=False),
    Column("detail", String(1000), nullable=False, server_default="{}"),
    # Unique: two entries cannot follow the same one.
    Column("before_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Index("ix_audit_before_hash", "before_hash", unique=True),
)

# One row: how long the chain is and how it ends, so that a missing end is found too.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entries", RowId, nullable=False),
    Column("hash", String(64), nullable=False),
    # A keyed digest of both.
    Column("seal", String(64), nullable=False),
)

# One row a conversation: what the list shows and filters by, and who holds the conversation.
desk = Table(
    "desk",
    metadata,
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), primary_key=True,
           autoincrement=False),
    Column("first_at", Float, nullable=False),
    # The newest message of either side, and the newest of the person.
    Column("last_at", Float, nullable=False),
    Column("heard_at", Float, nullable=False),
    # Where the person wrote from last.
    Column("channel", String(16), nullable=False),
    Column("language", String(2), nullable=False, server_default="es"),
    # How the person's newest message begins.
    Column("preview_sealed", LargeBinary),
    # The task under way after the last turn: registration, quota, callback … Null: none.
    Column("task", String(32)),
    # What was understood last, and how sure the least sure answer of the conversation was.
    Column("topic", String(48)),
    Column("lowest_confidence", Float),
    Column("fallbacks", Integer, nullable=False, server_default="0"),
    Column("delivery_failures", Integer, nullable=False, server_default="0"),
    # The person's messages since an agent last looked.
    Column("unread", Integer, nullable=False, server_default="0"),
    # bot | waiting (for a person) | agent (who holds it writes, the assistant is silent) | closed
    Column("mode", String(8), nullable=False, server_default="bot"),
    Column("mode_since", Float),
    # Why they wait: asked | distress | callback | complaint | unread_media …
    Column("waiting_reason", String(16)),
    # Higher comes first in the queue.
    Column("urgency", Integer, nullable=False, server_default="0"),
    # Who holds it or has it assigned.
    Column("holder_id", RowId, ForeignKey("accounts.id"), index=True),
    Column("close_reason", String(32)),
    # When it came to this for the first time; null: it did not.
    Column("quota_at", Float),
    Column("registered_at", Float),
    Column("line_at", Float),
    Column("handed_over_at", Float),
)  # fmt: skip
Index("ix_desk_last_at", desk.c.last_at)
Index("ix_desk_channel_last_at", desk.c.channel, desk.c.last_at)
Index("ix_desk_topic_last_at", desk.c.topic, desk.c.last_at)
Index("ix_desk_mode_last_at", desk.c.mode, desk.c.last_at)
# Every turn counts those who wait for an agent.
index_of_some("ix_desk_waiting", desk.c.conversation_id, where="mode = 'waiting'")

# What was made of each message: beside it in the console, and what the figures count.
turns = Table(
    "turns",
    metadata,
    Column("inbox_id", RowId, ForeignKey(inbox.c.id), primary_key=True, autoincrement=False),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), nullable=False),
    Column("at", Float, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("language", String(2), nullable=False),
    Column("topic", String(48)),
    Column("confidence", Float),
    # answer | clarify | fallback | task | option | event
    Column("decision", String(16), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    # Seconds from the message's arrival to our first reply; null: none was given.
    Column("waited", Float),
    Column("model", String(64), nullable=False),
    # {"topics": [[name, confidence] …five], "entities": […]}, {"actions": […], "slots": {…}}
    Column("understood_sealed", LargeBinary, nullable=False),
    Column("done_sealed", LargeBinary, nullable=False),
    # All that is counted of a period: the figures read this alone, not the rows.
    Index("ix_turns_counted", "at", "decision", "topic", "channel", "language", "conversation_id",
          "waited"),
)  # fmt: skip
Index("ix_turns_conversation_id_inbox_id", turns.c.conversation_id, turns.c.inbox_id)
Index("ix_turns_topic_at", turns.c.topic, turns.c.at)
Index("ix_turns_topic_conversation_id", turns.c.topic, turns.c.conversation_id)

# Search over encrypted texts: a keyed digest of each normalised word.
message_words = Table(
    "message_words",
    metadata,
    Column("word", String(16), primary_key=True),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), primary_key=True,
           autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Index("ix_message_words_conversation_id_position", "conversation_id", "position"),
)  # fmt: skip

tags = Table(
    "tags",
    metadata,
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), primary_key=True),
    Column("tag", String(32), primary_key=True),
    Column("account_id", RowId, ForeignKey("accounts.id"), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_tags_tag", "tag"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), nullable=False, index=True),
    Column("account_id", RowId, ForeignKey("accounts.id"), nullable=False),
    Column("text_sealed", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
)

canned_answers = Table(
    "canned_answers",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("short", String(32), nullable=False, unique=True),
    Column("text_es", String(1000), nullable=False),
    Column("text_en", String(1000), nullable=False),
    Column("account_id", RowId, ForeignKey("accounts.id")),
    Column("changed_at", Float, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", RowId, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    # The filter as it stands in the address.
    Column("query_sealed", LargeBinary, nullable=False),
    UniqueConstraint("account_id", "name"),
)

review_queues = Table(
    "review_queues",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    # low_confidence | fallback | repeated | complaint | random
    Column("rule", String(16), nullable=False),
    # Of the confidence for low_confidence, of the share (0 to 1) for random.
    Column("threshold", Float),
    # 1: two reviewers, neither sees the other's.
    Column("blind", Integer, nullable=False, server_default="0"),
    Column("active", Integer, nullable=False, server_default="1"),
    Column("created_at", Float, nullable=False),
    # Up to which moment turns were looked at; null: none yet.
    Column("filled_until", Float),
)

review_items = Table(
    "review_items",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("queue_id", RowId, ForeignKey("review_queues.id"), nullable=False),
    Column("inbox_id", RowId, ForeignKey(inbox.c.id), nullable=False),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), nullable=False),
    # open → settled | disputed (a supervisor settles it)
    Column("state", String(8), nullable=False, server_default="open"),
    Column("settled_topic", String(48)),
    Column("created_at", Float, nullable=False),
    Column("settled_at", Float),
    # proposed_for: nlu | held_out; null: not taken out
    Column("proposed_for", String(8)),
    UniqueConstraint("queue_id", "inbox_id"),
)
Index("ix_review_items_queue_id_state", review_items.c.queue_id, review_items.c.state)

reviews = Table(
    "reviews",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("item_id", RowId, ForeignKey("review_items.id"), nullable=False),
    Column("account_id", RowId, ForeignKey("accounts.id"), nullable=False),
    # right | wrong | new_topic
    Column("verdict", String(16), nullable=False),
    # Which topic it was.
    Column("topic", String(48)),
    # Of the answer, 1 to 5.
    Column("quality", Integer),
    Column("comment_sealed", LargeBinary),
    Column("at", Float, nullable=False),
    UniqueConstraint("item_id", "account_id"),
)

# Which data of a registration a conversation has given, and when first: names, no values.
registration_steps = Table(
    "registration_steps",
    metadata,
    Column(
        "conversation_id", RowId, ForeignKey(conversations.c.id), primary_key=True,
        autoincrement=False,
    ),
    Column("step", String(32), primary_key=True),
    Column("at", Float, nullable=False),
    Index("ix_registration_steps_at", "at"),
)  # fmt: skip

# What people said at the end of a task: 1 to 5, and whether it spared them a call.
satisfaction = Table(
    "satisfaction",
    metadata,
    Column("inbox_id", RowId, ForeignKey(inbox.c.id), primary_key=True, autoincrement=False),
    Column("conversation_id", RowId, ForeignKey(conversations.c.id), nullable=False),
    Column("task", String(32), nullable=False),
    Column("score", Integer),
    Column("spared_a_call", Integer),
    Column("at", Float, nullable=False),
)
