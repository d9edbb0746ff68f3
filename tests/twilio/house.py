"""The real gateway with Twilio's stand-in, on a database; and people who write by it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.messaging.contents import Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.support.service import Service
from tests.twilio.conftest import MESSAGES, twilio_settings
from tests.twilio.known import PUBLIC_URL, SMS_FROM, TWILIO, WHATSAPP_FROM
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_signature import message

WAIT_SECONDS = 90.0


class House:
    """The processes, Twilio and the database."""

    def __init__(self, database_url: str, model: Path, folder: Path, **more: str) -> None:
        self.twilio = TwilioStandIn()
        self.twilio.statuses = ("queued", "delivered")
        settings = {
            **TWILIO,
            "PTI_TWILIO_API_URL": self.twilio.url,
            "PTI_TWILIO_CONTENT_URL": self.twilio.url,
            "PTI_PUBLIC_URL": PUBLIC_URL,
            "PTI_DELIVERY_SEND_SECONDS": "2",
            **more,
        }
        self.service = Service(database_url, model, folder, **settings)
        self.twilio.callback_to = self.service.url
        self.database = Database.from_settings(twilio_settings(database_url))
        self.gateway: subprocess.Popen[bytes] = self.start_gateway()
        self._echoing = threading.Event()

    def start_gateway(self) -> subprocess.Popen[bytes]:
        """Starts the gateway and waits for it."""
        started = self.service.start("gateway")
        self.service.wait_until_ready(brains=False)
        self.gateway = started
        return started

    def write(self, sender: str, text: str) -> None:
        """Somebody writes; Twilio tries once more where we do not answer, as it is told to."""
        to = f"whatsapp:{WHATSAPP_FROM}" if sender.startswith("whatsapp:") else SMS_FROM
        fields = message(From=sender, To=to, Body=text)

        def taken() -> bool:
            try:
                return self.twilio.post(PUBLIC_URL + MESSAGES, fields).status_code == 200
            except OSError:
                return False

        wait_for(taken)

    def answer_all(self, replies: Callable[[str], list[str]]) -> int:
        """Answers what waits in the inbox, in the brain's place; how many messages."""
        count = 0
        while (found := Inbox(self.database).claim("test", 60)) is not None:
            assert found.content
            answers = [Reply(text) for text in replies(found.content.text)]
            Outbox(self.database).finish(found, "test", answers, None)
            count += 1
        return count

    def states(self) -> list[str]:
        """The states of all replies."""
        with self.database.reading() as connection:
            statement = select(outbox.c.state).order_by(outbox.c.id)
            return list(connection.execute(statement).scalars())

    def bodies(self, address: str) -> list[str]:
        """What an address was sent."""
        return [self.twilio.text(fields) for fields in self.twilio.to(address)]

    def close(self) -> None:
        self.service.stop()
        self.twilio.close()
        self.database.dispose()


def wait_for(condition: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    """Waits until the condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)
