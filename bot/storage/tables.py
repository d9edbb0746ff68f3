"""The tables. Whatever a person wrote or is known by is in a `*_sealed` column, encrypted."""

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

people = Table(
    "people",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What is known of them (bot.people.record), one JSON. Null: nothing.
    Column("record_sealed", LargeBinary),
    # Grows with each change: two conversations of one person do not write over each other.
    Column("version", Integer, nullable=False, server_default="0"),
    Column("link_tries", Integer, nullable=False, server_default="0"),
    Column("link_tries_since", Float, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # Whose it is: one person writes from several channels. Every row has it; SQLite cannot add a
    # column to an existing table that says so.
    Column("person_id", RowId, ForeignKey("people.id"), index=True),
    Column("created_at", Float, nullable=False),
    # Counts inbox and outbox rows together: the order in which a person sees the conversation.
    Column("last_position", Integer, nullable=False, server_default="0"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", RowId, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("address_index", String(64), nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
    # Since when the person wants no messages here. Null: they may be written to.
    Column("stopped_at", Float),
    # When they last wrote from here: WhatsApp takes free messages for 24 hours from then.
    Column("last_heard_at", Float),
    UniqueConstraint("channel", "address_index"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", RowId, ForeignKey("conversations.id"), nullable=False),
    Column("address_id", RowId, ForeignKey("addresses.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    # message: what a person sent. event: what came of an errand; people do not see it.
    Column("kind", String(8), nullable=False, server_default="message"),
    Column("provider_id", String(128), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("received_at", Float, nullable=False),
    # waiting → done | set_aside; stopped: of somebody who wants no messages, so it has no answer;
    # with_agent: an agent held the conversation, so the assistant never answers it;
    # erased: the person asked for it
    Column("state", String(16), nullable=False, server_default="waiting"),
    # 1: an earlier one of its conversation waited when this came. It is a hint for who looks for
    # work (bot.messaging.inbox), nothing more.
    Column("behind", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(64)),
    Column("claimed_until", Float),
    Column("handled_at", Float),
    UniqueConstraint("channel", "provider_id"),
    UniqueConstraint("conversation_id", "position"),
)
index_of_some(
    "ix_inbox_waiting",
    inbox.c.conversation_id,
    inbox.c.id,
    where="state = 'waiting'",
)
# Without it who looks at all that waits, in its order, reads all that ever came, where PostgreSQL
# believes that much waits. Every number is above 0: that keeps SQLite from taking this index where
# it should take the next.
index_of_some("ix_inbox_waiting_id", inbox.c.id, where="state = 'waiting' AND id > 0")
# The next message is found without reading past all that waits behind others.
index_of_some(
    "ix_inbox_ready",
    inbox.c.id,
    where="state = 'waiting' AND behind = 0",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", RowId, ForeignKey("conversations.id"), nullable=False),
    Column("address_id", RowId, ForeignKey("addresses.id"), nullable=False),
    Column("position", Integer, nullable=False),
    # The message that this answers and the answer's number in it: no message is answered twice.
    Column("inbox_id", RowId, ForeignKey("inbox.id")),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    # bot | agent | system, and which agent.
    Column("author", String(8), nullable=False),
    Column("account_id", RowId),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
    # kept: the person's page comes for it (bot.messaging.contents.FETCHED).
    # Else waiting → sending → sent → delivered → read, or failed: bot.messaging.outgoing.
    # erased: the person asked for it
    Column("state", String(16), nullable=False, server_default="waiting"),
    # Ours, random; statuses bring it back. Null until it is sent for the first time; what an agent
    # writes has its form's key, so that nothing is written twice.
    Column("uuid", String(32)),
    Column("provider_id", String(64)),
    # How many of the provider's messages that it makes up were taken.
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Null: not before the person writes again.
    Column("due_at", Float),
    Column("claimed_by", String(64)),
    Column("claimed_until", Float),
    # The provider's code, or a word of ours. No personal data.
    Column("error", String(32)),
    # 1: sent to somebody who wants no messages too, because it answers just that.
    Column("despite_stop", Integer, nullable=False, server_default="0"),
    # 1: it is sent with nothing to tap, because it did not arrive otherwise.
    Column("plain", Integer, nullable=False, server_default="0"),
    # 1: nobody waits for it (a reminder), so answers go first.
    Column("unasked", Integer, nullable=False, server_default="0"),
    UniqueConstraint("inbox_id", "ordinal"),
    UniqueConstraint("conversation_id", "position"),
)
OPEN_OUTBOX = "state IN ('waiting', 'sending')"
Index("uq_outbox_uuid", outbox.c.uuid, unique=True)
# What is still to be sent is found without reading past all that ever was.
index_of_some(
    "ix_outbox_open",
    outbox.c.conversation_id,
    outbox.c.position,
    where=OPEN_OUTBOX,
)
# The next one is the first of this index (bot.messaging.open_replies asks in its words). It is of
# no use for the earlier ones of a conversation: they have an index of their own.
index_of_some(
    "ix_outbox_open_due",
    outbox.c.due_at,
    outbox.c.id,
    where=f"nullif({OPEN_OUTBOX}, false) IS NOT NULL AND due_at IS NOT NULL",
)

# What agents wrote is found without reading all that the assistant did.
BY_AGENTS = "author = 'agent'"
index_of_some(
    "ix_outbox_agents",
    outbox.c.created_at,
    where=BY_AGENTS,
)
# So is what did not arrive.
FAILED = "state = 'failed'"
index_of_some(
    "ix_outbox_failed",
    outbox.c.created_at,
    where=FAILED,
)

trackers = Table(
    "trackers",
    metadata,
    Column("conversation_id", RowId, ForeignKey("conversations.id"), primary_key=True),
    Column("snapshot_sealed", LargeBinary, nullable=False),
    Column("inbox_id", RowId, nullable=False),
    Column("updated_at", Float, nullable=False),
)

# Work that a turn asks for outside of itself (a call of the institute's services, a reminder),
# committed with the turn and done by whichever brain has a hand free.
errands = Table(
    "errands",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False, index=True),
    Column("conversation_id", RowId, ForeignKey("conversations.id"), nullable=False),
    Column("address_id", RowId, ForeignKey("addresses.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    # Random. Of it come the idempotency keys of the errand's calls, so that an errand that is done
    # again after a crash changes nothing, and no other errand of any database has the same.
    Column("key", String(43), nullable=False, unique=True),
    Column("request_sealed", LargeBinary, nullable=False),
    # waiting → done | cancelled
    Column("state", String(16), nullable=False, server_default="waiting"),
    Column("due_at", Float, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Whether the person was told that it takes longer.
    Column("told", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(64)),
    Column("claimed_until", Float),
    Column("created_at", Float, nullable=False),
    Column("done_at", Float),
)
index_of_some(
    "ix_errands_waiting",
    errands.c.due_at,
    where="state = 'waiting'",
)

# What people at the call center have to see to: callbacks, complaints; and the log of erasures.
cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("folio", String(16), nullable=False, unique=True),
    Column("person_id", RowId, ForeignKey("people.id"), index=True),
    Column("conversation_id", RowId, ForeignKey("conversations.id")),
    # callback | complaint | erasure
    Column("kind", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    # Null once it was erased.
    Column("content_sealed", LargeBinary),
    # open → done
    Column("state", String(16), nullable=False, server_default="open"),
    Column("due_at", Float),
    Column("created_at", Float, nullable=False),
    # How often they were called and did not answer; who saw to it last, and when.
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("account_id", RowId),
    Column("handled_at", Float),
    Index("ix_cases_state_due_at", "state", "due_at"),
)

# The proof that consent was given or taken back; it holds no datum of the person.
consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("notice_version", String(16), nullable=False),
    # none | all | without_income
    Column("extent", String(16), nullable=False),
    Column("at", Float, nullable=False),
)

files = Table(
    "files",
    metadata,
    # Random: nobody finds one by trying.
    Column("id", String(43), primary_key=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
)

# Codes with which a person goes on in another channel: a keyed digest of each.
link_codes = Table(
    "link_codes",
    metadata,
    Column("code_index", String(64), primary_key=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False, index=True),
    Column("valid_until", Float, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("model", String(128), nullable=False),
    Column("seen_at", Float, nullable=False),
)
