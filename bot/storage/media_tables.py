"""What came with messages besides text."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.storage.metadata import RowId, index_of_some, metadata
from bot.storage.tables import inbox

# What came with a message besides its text: to be fetched, kept, read, and deleted at the provider.
# The message is answered when all of its own is read, or after a while without.
media = Table(
    "media",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("inbox_id", RowId, ForeignKey(inbox.c.id), nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("channel", String(16), nullable=False),
    # What the provider says that it is: voice, photo, document.
    Column("kind", String(16), nullable=False),
    # Where it is at the provider; an empty value once nothing is to be done there any more.
    Column("source_sealed", LargeBinary, nullable=False),
    # waiting → delete (at the provider) → done
    Column("state", String(16), nullable=False, server_default="waiting"),
    # Its row in `files`. Null: it is not kept (yet).
    Column("file_id", String(43)),
    # What was found in it, one JSON. Null: not read (yet), or erased.
    Column("found_sealed", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Float, nullable=False),
    Column("claimed_by", String(64)),
    Column("claimed_until", Float),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("inbox_id", "ordinal"),
)
OPEN_MEDIA = "state IN ('waiting', 'delete')"
index_of_some(
    "ix_media_open",
    media.c.due_at,
    where=OPEN_MEDIA,
)
