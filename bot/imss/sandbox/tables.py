"""The sandbox's tables. Whatever a person gave is in a `*_sealed` column, encrypted.

An amount is sealed too: it is worked out from the income, so it gives the income away.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

metadata = MetaData()

registrations = Table(
    "registrations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folio", String(40), nullable=False, unique=True),
    # Keyed digests: equal values are found again and say nothing.
    Column("curp_index", String(64), nullable=False, unique=True),
    Column("nss_index", String(64), nullable=False, unique=True),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("registered_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
)

capture_lines = Table(
    "capture_lines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registration_id", Integer, ForeignKey("registrations.id"), nullable=False, index=True),
    Column("capture_line", String(64), nullable=False, unique=True),
    Column("amount_sealed", LargeBinary, nullable=False),
    Column("first_month", String(7), nullable=False),
    Column("last_month", String(7), nullable=False),
    Column("issued_at", String(32), nullable=False),
    Column("pay_by", String(10), nullable=False),
    # issued → paid | expired | void; that its last day passed is written down when somebody looks
    Column("state", String(8), nullable=False),
    Column("paid_at", String(32)),
    Column("replaces", String(64)),
)
# Whatever the code does, a registration has one line that can be paid.
Index(
    "uq_capture_lines_issued",
    capture_lines.c.registration_id,
    unique=True,
    sqlite_where=text("state = 'issued'"),
    postgresql_where=text("state = 'issued'"),
)

answers = Table(
    "answers",
    metadata,
    Column("key_index", String(64), primary_key=True),
    # Digest of method, path and body: the same key with another of them is refused.
    Column("call_index", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("kept_at", String(32), nullable=False),
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ahead_seconds", Float, nullable=False),
)
