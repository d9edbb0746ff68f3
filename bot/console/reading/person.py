"""The person of a conversation: channels, registration and line, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from bot.console.reading.timeline import of_one_person
from bot.people.files import Files, StoredFile
from bot.people.record import PersonRecord
from bot.people.store import People
from bot.programme.registration_fields import FIELDS
from bot.programme.registration_views import summary_fields
from bot.storage.console_tables import desk, tags
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import addresses, conversations, files, trackers

_SHOWN = 2  # of an address: the last two characters, as of a key
# What a draft's field is called where it is shown open.
_PLAIN = ("curp", "nss", "email", "street", "municipality", "neighbourhood", "occupation")


@dataclass(frozen=True)
class Person:
    """Whom the page is about."""

    conversation_id: int
    conversations: tuple[int, ...]
    row: Row = field(repr=False)
    record: PersonRecord = field(repr=False)
    addresses: tuple[tuple[str, str, Row], ...] = field(repr=False)
    """Channel, address in clear, row."""
    files: tuple[Row, ...] = field(repr=False)
    tags: tuple[str, ...]
    amounts: tuple[Any, ...] = field(repr=False)
    """Incomes that stand in the conversation, outside of the registration."""


class PersonPages:
    """Reads what stands beside a person's messages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)
        self._files = Files(database)

    def find(self, conversation_id: int) -> Person | None:
        """The person of a conversation that is on the list; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(desk, conversations.c.person_id)
                .join(conversations, conversations.c.id == desk.c.conversation_id)
                .where(desk.c.conversation_id == conversation_id)
            ).one_or_none()
            if row is None:
                return None
            ids = of_one_person(connection, conversation_id)
            return Person(
                conversation_id,
                tuple(ids),
                row,
                self._record(connection, conversation_id),
                self._addresses(connection, ids),
                _files_of(connection, row.person_id),
                _tags_of(connection, ids),
                self._amounts(connection, ids),
            )

    def file(self, conversation_id: int, file_id: str) -> StoredFile | None:
        """A file of the conversation's person; None for anybody else's."""
        person = select(conversations.c.person_id).where(conversations.c.id == conversation_id)
        mine = select(files.c.id).where(
            files.c.id == file_id, files.c.person_id == person.scalar_subquery()
        )
        with self._database.reading() as connection:
            if connection.execute(mine).first() is None:
                return None
        try:
            return self._files.open(file_id)
        except UnreadableError:
            return None

    def _record(self, connection: Connection, conversation_id: int) -> PersonRecord:
        try:
            known = self._people.read(connection, conversation_id)
            return PersonRecord.from_json(known.record)
        except (UnreadableError, ValueError, KeyError, TypeError):
            return PersonRecord()

    def _addresses(
        self, connection: Connection, ids: list[int]
    ) -> tuple[tuple[str, str, Row], ...]:
        rows = connection.execute(
            select(addresses).where(addresses.c.conversation_id.in_(ids)).order_by(addresses.c.id)
        ).all()
        return tuple((row.channel, self._opened(row.address_sealed), row) for row in rows)

    def _opened(self, sealed: bytes) -> str:
        try:
            return str(self._database.cipher.open(sealed))
        except UnreadableError:
            return ""

    def _amounts(self, connection: Connection, ids: list[int]) -> tuple[Any, ...]:
        statement = select(trackers.c.snapshot_sealed).where(trackers.c.conversation_id.in_(ids))
        found = []
        for sealed in connection.execute(statement).scalars():
            try:
                events = self._database.cipher.open(sealed).get("events", ())
            except UnreadableError:
                continue
            found += [e.get("value") for e in events if e.get("name") == "income_amount"]
        return tuple(value for value in found if value is not None)


def registration_of(record: PersonRecord, *, open_values: bool) -> list[tuple[str, str]]:
    """The fields of the draft that are given: name and value, masked unless `open_values`. An empty
    value is given and has to be said in words, or is hidden."""
    shown = {summary.name: summary.shown or "" for summary in summary_fields(record.draft)}
    if open_values:
        shown |= _opened_fields(record)
    return [(name, shown[name]) for name in FIELDS if name in shown]


def _opened_fields(record: PersonRecord) -> dict[Any, str]:
    draft = record.draft
    values: dict[Any, str] = {n: str(v) for n in _PLAIN if (v := getattr(draft, n)) is not None}
    if draft.name is not None:
        values["name"] = draft.name.whole
    if draft.phone is not None:
        values["phone"] = draft.phone.e164
    if draft.income is not None:
        values["income"] = f"{draft.income.amount} {draft.income.currency} / {draft.income.period}"
    return values


def masked_address(channel: str, address: str) -> str:
    """An address with its last two characters legible; a chat page's says nothing and is left
    out."""
    if channel in ("web", "terminal"):
        return ""
    return "•" * 6 + address[-_SHOWN:]


def facts(record: PersonRecord) -> Mapping[str, Any]:
    """Where a registration stands."""
    return {"state": record.state, "registered": record.registered, "line": record.line}


def _files_of(connection: Connection, person_id: int | None) -> tuple[Row, ...]:
    columns = (files.c.id, files.c.name, files.c.content_type, files.c.created_at)
    statement = select(*columns).where(files.c.person_id == person_id)
    return tuple(connection.execute(statement.order_by(files.c.created_at.desc())).all())


def _tags_of(connection: Connection, ids: list[int]) -> tuple[str, ...]:
    statement = select(tags.c.tag).where(tags.c.conversation_id.in_(ids)).distinct()
    return tuple(connection.execute(statement.order_by(tags.c.tag)).scalars())
