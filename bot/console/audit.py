"""The audit log: who did what to which object. Each entry carries the hash of the one before, so
that an entry that was changed, taken out, put in or moved is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Row

from bot.storage.console_tables import audit, audit_head
from bot.storage.database import Database
from bot.storage.encryption import Cipher

LONGEST_DETAIL = 1000
ROWS_AT_ONCE = 1000


class AuditBrokenError(Exception):
    """The chain does not hold; the message names the first entry that is wrong."""


@dataclass(frozen=True)
class Entry:
    """One deed. `account_id` None: the system, or a command."""

    number: int
    at: float
    account_id: int | None
    deed: str
    object: str
    detail: dict[str, Any]


class Audit:
    """Appends entries and checks the chain."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        connection: Connection,
        account_id: int | None,
        deed: str,
        object: str,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Appends an entry within the caller's transaction (one of `Database.writing`).

        `object` is like "conversation/12"; neither it nor the detail holds personal data. Call it
        last: from here to its commit the transaction keeps all other entries waiting.
        Raises ValueError for a detail of more than 1,000 characters.
        """
        text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if len(text) > LONGEST_DETAIL:
            raise ValueError("an audit entry's detail is longer than its column")
        # The update locks the row, so that no two entries follow the same one.
        connection.execute(update(audit_head).values(entries=audit_head.c.entries + 1))
        head = connection.execute(select(audit_head.c.entries, audit_head.c.hash)).one()
        entry = {
            "id": head.entries,
            "at": self._database.now(connection),
            "account_id": account_id,
            "deed": deed,
            "object": object,
            "detail": text,
            "before_hash": head.hash,
        }
        digest = _hash(self._database.cipher, entry)
        connection.execute(audit.insert().values(**entry, hash=digest))
        seal = _seal(self._database.cipher, head.entries, digest)
        connection.execute(update(audit_head).values(hash=digest, seal=seal))

    def verify(self) -> tuple[int, str]:
        """How many entries there are and the last one's hash.

        Raises AuditBrokenError for the first entry that does not fit.
        """
        cipher = self._database.cipher
        count, last = 0, ""
        with self._database.reading() as connection:
            for row in _rows(connection):
                if row.id != count + 1:
                    raise AuditBrokenError(
                        f"entry {count + 1} is missing: {row.id} follows {count}"
                    )
                if row.before_hash != last:
                    raise AuditBrokenError(f"entry {row.id} does not follow the one before it")
                kept = {name: value for name, value in row._mapping.items() if name != "hash"}
                if row.hash != _hash(cipher, kept):
                    raise AuditBrokenError(f"entry {row.id} was changed")
                count, last = row.id, row.hash
            head = connection.execute(select(audit_head)).one_or_none()
        if head is None or (head.entries, head.hash) != (count, last):
            raise AuditBrokenError(f"what followed entry {count} is missing")
        if count and head.seal != _seal(cipher, count, last):
            raise AuditBrokenError("the end of the log was changed")
        return count, last

    def holds(self, digest: str) -> bool:
        """Whether an entry has that hash: one that was noted elsewhere shows that nobody put an
        older log in the place of this one."""
        with self._database.reading() as connection:
            found = select(audit.c.id).where(audit.c.hash == digest)
            return connection.execute(found).first() is not None

    def newest(self, before: int | None = None, count: int = 50) -> list[Entry]:
        """The newest entries, newest first; with `before`, those below that number."""
        statement = select(audit).order_by(audit.c.id.desc()).limit(count)
        if before is not None:
            statement = statement.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(statement)]


def _rows(connection: Connection) -> Iterator[Row]:
    last = 0
    while True:
        page = select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(ROWS_AT_ONCE)
        rows = connection.execute(page).all()
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].id


def _entry(row: Row) -> Entry:
    detail = json.loads(row.detail)
    return Entry(row.id, row.at, row.account_id, row.deed, row.object, detail)


def _hash(cipher: Cipher, entry: dict[str, Any]) -> str:
    # Keyed: who can write the database and has no key cannot make a chain that holds.
    return cipher.index("audit:" + json.dumps(entry, ensure_ascii=False, sort_keys=True))


def _seal(cipher: Cipher, entries: int, digest: str) -> str:
    return cipher.index(f"audit-head:{entries}:{digest}")
