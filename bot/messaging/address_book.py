"""People with several addresses in one channel: a phone number and, on WhatsApp, the name that the
provider gives them, either of which may be missing from a message."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.messaging.arrivals import Address
from bot.messaging.inbox import Inbox
from bot.storage.database import Database
from bot.storage.tables import addresses


class AddressBook:
    """Opens addresses that a provider says are one person's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = Inbox(database)

    def open(self, channel: str, names: Sequence[str]) -> Address:
        """The address of the first name. Names that are new join the conversation of one that is
        known; two conversations that are there already stay two."""
        known = self._inbox.find_addresses(channel, names)
        first = next((known[name] for name in names if name in known), None)
        if first is None:
            first = known[names[0]] = self._inbox.add_address(channel, names[0])
        for name in names:
            if name not in known:
                self._join(channel, name, first)
        return known.get(names[0]) or self._inbox.open_address(channel, names[0])

    def _join(self, channel: str, name: str, known: Address) -> None:
        cipher = self._database.cipher
        theirs = addresses.c.conversation_id == known.conversation_id
        try:
            with self._database.writing() as connection:
                stopped_at = connection.execute(
                    select(func.min(addresses.c.stopped_at)).where(
                        theirs, addresses.c.channel == channel
                    )
                ).scalar_one()
                connection.execute(
                    addresses.insert().values(
                        conversation_id=known.conversation_id,
                        channel=channel,
                        address_index=cipher.index(name),
                        address_sealed=cipher.seal(name),
                        created_at=self._database.now(connection),
                        stopped_at=stopped_at,
                    )
                )
        except IntegrityError:  # another message of theirs did it in between
            return
