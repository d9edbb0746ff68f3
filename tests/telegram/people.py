"""Somebody with Telegram on their phone: types, taps, sends photos, reads what comes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from bot.messaging.inbox import Inbox
from bot.storage.database import Database
from bot.storage.tables import inbox, outbox
from tests.telegram.bot_api import BotApiStandIn, Shown
from tests.telegram.updates import said, sent, tapped

_chats = itertools.count(7_100_000_001)
SECONDS = 60


class Person:
    """One private chat. `work` is done after each message, where no brain runs by itself."""

    def __init__(
        self,
        telegram: BotApiStandIn,
        database: Database,
        work: Callable[[], None] = lambda: None,
    ) -> None:
        self.chat = next(_chats)
        self.telegram, self._database, self._work = telegram, database, work
        telegram.state.chats.add(self.chat)
        self._seen = 0

    def says(self, text: str, times: int = 1) -> list[Shown]:
        """Types a text; gives what is said to it. `times`: Telegram sends it so often."""
        self.writes(text, times)
        return self.reads()

    def writes(self, text: str, times: int = 1) -> None:
        """Types a text and does not wait."""
        assert set(self.telegram.deliver(said(text, self.chat), times)) <= {200}

    def sends(self, **content: Any) -> list[Shown]:
        """Sends something else."""
        assert set(self.telegram.deliver(sent(self.chat, **content))) <= {200}
        return self.reads()

    def taps(self, title: str) -> list[Shown]:
        """Taps the newest button of that title."""
        shown = [one for one in self.shown() if title in one.titles]
        assert shown, f"{title!r} was never offered:\n{self.written()}"
        button = next(button for button in shown[-1].buttons if button["text"] == title)
        message = shown[-1].as_message(self.telegram.BOT)
        tap = tapped(button["callback_data"], chat=self.chat, message=message)
        self.telegram.state.taps[tap["callback_query"]["id"]] = False
        assert set(self.telegram.deliver(tap)) <= {200}
        return self.reads()

    def shown(self) -> list[Shown]:
        """All that the bot ever showed."""
        return [one for one in self.telegram.state.shown if one.chat == self.chat]

    def reads(self, seconds: float = SECONDS) -> list[Shown]:
        """What came since the last time, when nothing more is to come."""
        self._work()
        until = time.monotonic() + seconds
        while not self._is_quiet():
            assert time.monotonic() < until, f"never quiet:\n{self.written()}"
            time.sleep(0.05)
        shown = self.shown()
        new, self._seen = shown[self._seen :], len(shown)
        return new

    def _is_quiet(self) -> bool:
        address = Inbox(self._database).find_address("telegram", str(self.chat))
        if address is None or self.telegram.state.waiting:
            return False
        conversation = address.conversation_id
        with self._database.reading() as connection:
            waiting = select(inbox.c.id).where(
                inbox.c.conversation_id == conversation, inbox.c.state == "waiting"
            )
            opened = select(outbox.c.id).where(
                outbox.c.conversation_id == conversation,
                outbox.c.state.in_(["waiting", "sending"]),
            )
            return not (connection.execute(waiting).first() or connection.execute(opened).first())

    def written(self) -> str:
        """What was shown, for a person to read."""
        return "\n".join(f"[{one.method}] {one.text} {one.titles}" for one in self.shown())
