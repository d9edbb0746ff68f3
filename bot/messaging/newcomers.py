"""How somebody comes in who never wrote: a person, their conversation, and the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, LargeBinary, String, bindparam, insert, literal_column, select
from sqlalchemy.engine import Connection

from bot.messaging.arrivals import Address
from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.statements import begun
from bot.storage.tables import addresses, conversations, people

_OF_ADDRESS = {
    "channel": bindparam("of_channel", type_=String),
    "address_index": bindparam("its_index", type_=String),
    "address_sealed": bindparam("its_sealed", type_=LargeBinary),
}


def add(database: Database, channel: str, address: str) -> Address:
    """Commits them. Raises IntegrityError where somebody else added the address just now."""
    cipher = database.cipher
    given = {
        "of_channel": channel,
        "its_index": cipher.index(address),
        "its_sealed": cipher.seal(address),
    }
    if database.is_sqlite:
        with database.writing() as connection:
            return Address(*_one_after_the_other(connection, given), channel)
    with database.changing() as connection:
        row = _ALL.run(connection, given).one()
    return Address(row.id, row.conversation_id, channel)


def _one_after_the_other(connection: Connection, given: Mapping[str, Any]) -> tuple[int, int]:
    """The numbers of the address and of the conversation."""
    now = {"created_at": begun()}
    person = connection.execute(insert(people).values(now)).inserted_primary_key[0]
    of_person = {**now, "person_id": person, "last_position": 0}
    conversation = connection.execute(insert(conversations).values(of_person))
    conversation_id = conversation.inserted_primary_key[0]
    whole = {**now, **_OF_ADDRESS, "conversation_id": conversation_id}
    added = connection.execute(insert(addresses).values(whole), given)
    return added.inserted_primary_key[0], conversation_id


_person = insert(people).values(created_at=begun()).returning(people.c.id).cte("person")
_conversation = (
    insert(conversations)
    .from_select(
        ["person_id", "created_at", "last_position"],
        select(_person.c.id, begun(), literal_column("0", Integer)),
    )
    .returning(conversations.c.id)
    .cte("conversation")
)
_address = (
    insert(addresses)
    .from_select(
        ["conversation_id", "created_at", *_OF_ADDRESS],
        select(_conversation.c.id, begun(), *_OF_ADDRESS.values()),
    )
    .returning(addresses.c.id, addresses.c.conversation_id)
    .cte("address")
)
# On PostgreSQL one statement, which is a transaction by itself.
_ALL = Often(select(_address.c.id, _address.c.conversation_id))
