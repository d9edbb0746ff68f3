"""Replies that no person asked for: rows of the outbox, as the brain or an agent writes them."""

from __future__ import annotations

from bot.messaging.contents import Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.places import take_positions
from bot.settings import read_settings
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.tables import outbox
from tests.support.service import SECRETS, Service


class Replies:
    """Puts messages into the conversations of a running service."""

    def __init__(self, service: Service) -> None:
        settings = read_settings({**SECRETS, "PTI_DATABASE_URL": service.database_url})
        self._database = Database.from_settings(settings)

    def close(self) -> None:
        """Closes the database."""
        self._database.dispose()

    def write(
        self,
        session: str,
        text: str = "",
        *,
        author: str = "bot",
        options: tuple[str, ...] = (),
        image: str | None = None,
        file: str | None = None,
        days_ago: float = 0,
    ) -> int:
        """Adds one message to the session's conversation and gives its id."""
        offered = tuple(Option(f"0.0.{n}", title, "greet", {}) for n, title in enumerate(options))
        reply = Reply(text=text, options=offered, image=image, file=file)
        return self._write(session, [reply], author, days_ago)[0]

    def write_many(self, session: str, texts: list[str]) -> list[int]:
        """Adds messages of the assistant, all at once, and gives their ids."""
        return self._write(session, [Reply(text=text) for text in texts], "bot", 0)

    def _write(self, session: str, replies: list[Reply], author: str, days_ago: float) -> list[int]:
        address = Inbox(self._database).find_address("web", session)
        assert address is not None
        with self._database.writing() as connection:
            first = take_positions(connection, address.conversation_id, len(replies)).first
            positions = list(range(first, first + len(replies)))
            now = self._database.now(connection) - days_ago * 86400
            rows = [
                {
                    "conversation_id": address.conversation_id,
                    "address_id": address.id,
                    "position": position,
                    "inbox_id": None,
                    "author": author,
                    "content_sealed": self._database.cipher.seal(reply.as_json()),
                    "created_at": now,
                }
                for position, reply in zip(positions, replies, strict=True)
            ]
            connection.execute(outbox.insert(), rows)
            self._database.notify(connection, NOTIFY_CHANNEL_OUTBOX, address.conversation_id)
        return positions
