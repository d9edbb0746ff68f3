"""The records of people in the database, one a person, whatever channels they write from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.storage.database import Database
from bot.storage.tables import conversations, people

_OF_CONVERSATION = (
    select(people)
    .join(conversations, conversations.c.person_id == people.c.id)
    .where(conversations.c.id == bindparam("id"))
)


class StaleRecordError(Exception):
    """The record changed since it was read: what was worked out on it is dropped."""


@dataclass(frozen=True)
class Known:
    """A person and their record (bot.people.record, as JSON) as it was read."""

    person_id: int
    version: int
    record: dict[str, Any] | None = field(default=None, repr=False)


class People:
    """Reads and writes records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, connection: Connection, conversation_id: int) -> Known:
        """The person whose conversation it is, within a transaction of the caller's."""
        return self.known(connection.execute(_OF_CONVERSATION, {"id": conversation_id}).one())

    def by_id(self, connection: Connection, person_id: int) -> Known:
        """A person by number, within a transaction of the caller's."""
        row = connection.execute(select(people).where(people.c.id == person_id)).one()
        return self.known(row)

    def known(self, row: Any) -> Known:
        """A row of the table, opened."""
        return self.opened(row.id, row.version, row.record_sealed)

    def opened(self, person_id: int, version: int, record_sealed: bytes | None) -> Known:
        """The same of its columns, read elsewhere."""
        sealed = record_sealed
        record = None if sealed is None else dict(self._database.cipher.open(sealed))
        return Known(person_id, version, record)

    def write(self, connection: Connection, known: Known, record: dict[str, Any] | None) -> None:
        """Keeps another record in place of the one that was read. Raises StaleRecordError."""
        sealed = None if record is None else self._database.cipher.seal(record)
        changed = connection.execute(
            update(people)
            .where(people.c.id == known.person_id, people.c.version == known.version)
            .values(record_sealed=sealed, version=known.version + 1)
        )
        if changed.rowcount != 1:
            raise StaleRecordError(known.person_id)


def is_as_known(conversation_id: ColumnElement) -> ColumnElement:
    """Whether a conversation is still that person's, and the record the one that was read: an
    erasure, another channel or a link may have come in between."""
    return (
        select(people.c.id)
        .join(conversations, conversations.c.person_id == people.c.id)
        .where(
            conversations.c.id == conversation_id,
            people.c.id == bindparam("known_person"),
            people.c.version == bindparam("known_version"),
        )
        .exists()
    )


def as_known(known: Known) -> dict[str, Any]:
    """What `is_as_known` is given."""
    return {"known_person": known.person_id, "known_version": known.version}


def check(connection: Connection, conversation_id: int, known: Known) -> None:
    """Raises StaleRecordError where `is_as_known` does not hold."""
    statement = select(is_as_known(literal(conversation_id)))
    if not connection.execute(statement, as_known(known)).scalar_one():
        raise StaleRecordError(known.person_id)
