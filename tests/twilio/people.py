"""Somebody with a telephone: writes, taps, reads what comes, by SMS or WhatsApp."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from sqlalchemy import select

from bot.messaging.inbox import Inbox
from bot.storage.database import Database
from bot.storage.tables import inbox, outbox
from tests.twilio.conftest import MESSAGES
from tests.twilio.known import PUBLIC_URL, SMS_FROM, WHATSAPP_FROM
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_signature import message

_numbers = itertools.count(1)
SECONDS = 120


class Person:
    """One number on one channel. `work` is done after each message, where no brain runs by
    itself."""

    def __init__(
        self, twilio: TwilioStandIn, database: Database, channel: str, work: Callable[[], None]
    ) -> None:
        self.number = f"+1555999{next(_numbers):04d}"
        self.channel = channel
        self._twilio, self._database, self._work = twilio, database, work
        self._prefix = "whatsapp:" if channel == "whatsapp" else ""
        self._read = 0

    def says(self, text: str) -> list[str]:
        """Types a text; gives what is said to it."""
        return self._sends(Body=text)

    def taps(self, title: str) -> list[str]:
        """Taps the newest option of that title."""
        for fields in reversed(self._twilio.to(self._address)):
            seen = self._twilio.seen(fields)
            for shown, option_id in seen.options if seen else ():
                if seen and shown == title:
                    names = ("ListTitle", "ListId")
                    if seen.kind == "buttons":
                        names = ("ButtonText", "ButtonPayload")
                    return self._sends(Body=title, **dict(zip(names, (title, option_id))))  # noqa: B905
        raise AssertionError(f"{title!r} was never offered:\n{self.written()}")

    def media(self) -> list[str]:
        """Links to all files that came."""
        messages = self._twilio.to(self._address)
        return [fields["MediaUrl"] for fields in messages if "MediaUrl" in fields]

    def texts(self) -> list[str]:
        """All that came."""
        return [self._twilio.text(fields) for fields in self._twilio.to(self._address)]

    def written(self) -> str:
        """All that came, for a person to read."""
        return "\n---\n".join(self.texts())

    @property
    def _address(self) -> str:
        return f"{self._prefix}{self.number}"

    def _sends(self, **more: str) -> list[str]:
        to = f"whatsapp:{WHATSAPP_FROM}" if self._prefix else SMS_FROM
        fields = message(From=self._address, To=to, **more)
        assert self._twilio.post(PUBLIC_URL + MESSAGES, fields).status_code == 200
        self._work()
        until = time.monotonic() + SECONDS
        while not self._is_quiet():
            assert time.monotonic() < until, f"never quiet:\n{self.written()}"
            time.sleep(0.05)
        texts = self.texts()
        new, self._read = texts[self._read :], len(texts)
        return new

    def _is_quiet(self) -> bool:
        address = Inbox(self._database).find_address(self.channel, self.number)
        assert address
        theirs, ours = address.conversation_id, outbox.c.state.in_(["waiting", "sending"])
        with self._database.reading() as connection:
            unanswered = select(inbox.c.id).where(
                inbox.c.conversation_id == theirs, inbox.c.state == "waiting"
            )
            unsent = select(outbox.c.id).where(outbox.c.conversation_id == theirs, ours)
            return not (
                connection.execute(unanswered).first() or connection.execute(unsent).first()
            )
