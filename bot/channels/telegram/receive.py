"""What people said on Telegram goes into the inbox, before Telegram is told that it arrived."""

from __future__ import annotations

from bot.channels.telegram.parse import Said
from bot.messaging.contents import Incoming
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.storage.database import Database

CHANNEL = "telegram"


class Receiver:
    """Stores messages. An update that was seen before changes nothing."""

    def __init__(self, database: Database, hold_seconds: float = 0.0) -> None:
        """A message waits so long for what came with it."""
        self._hold_seconds = hold_seconds
        self._inbox = Inbox(database)
        self._outbox = Outbox(database)

    def store(self, said: Said) -> None:
        """Commits what was said. It waits for the database; its errors are the caller's."""
        address = self._inbox.open_address(CHANNEL, said.chat)
        content = said.content
        if content.option is not None:
            content = self._chosen(address.conversation_id, content)
        if content.text or content.media or said.content.option is None:
            self._inbox.receive(
                CHANNEL, address, said.provider_id, content, said.files, self._hold_seconds
            )

    def _chosen(self, conversation_id: int, tapped: Incoming) -> Incoming:
        """The option that was offered. Of one that nobody remembers (the person's data were erased
        since) what stands on the button counts, as if it had been typed."""
        offered = self._outbox.option(conversation_id, tapped.option or "")
        return Incoming(offered.title, offered.id) if offered else Incoming(tapped.text)
