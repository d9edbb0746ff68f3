"""The gateway, the assistant, the institute's sandbox and both providers' stand-ins; people who
called and go on in writing."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from sqlalchemy import select

from bot.messaging.assistant import Assistant
from bot.settings import ImssSettings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import inbox, outbox
from tests.imss.sandbox_process import TOKEN as IMSS_TOKEN
from tests.phone.known import as_json, call, line_settings, signed
from tests.registration.house import House
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn
from tests.telegram.known import WEBHOOK_SECRET
from tests.telegram.people import Person
from tests.telegram.test_registration import running_gateway
from tests.twilio.conftest import MESSAGES
from tests.twilio.known import PUBLIC_URL, SMS_FROM, WHATSAPP_FROM
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_signature import message

WAIT_SECONDS = 60


@dataclasses.dataclass
class PhoneHouse:
    """What a call and what comes after it need. The brain works when it is told to."""

    url: str
    database: Database
    house: House
    twilio: TwilioStandIn
    telegram: BotApiStandIn

    def hand_over(self, **changes: Any) -> dict[str, Any]:
        """The line hands a call over and its message arrives; gives the answer."""
        body = as_json(call(**changes))
        response = requests.post(
            f"{self.url}/webhooks/handoff", data=body, headers=signed(body), timeout=30
        )
        assert response.status_code == 201, response.text
        self.settle()
        answer: dict[str, Any] = response.json()
        return answer

    def writes(self, channel: str, number: str, text: str) -> list[str]:
        """Somebody writes by SMS or WhatsApp; gives what is answered."""
        address = f"whatsapp:{number}" if channel == "whatsapp" else number
        to = f"whatsapp:{WHATSAPP_FROM}" if channel == "whatsapp" else SMS_FROM
        before = len(self.told(address))
        fields = message(From=address, To=to, Body=text)
        assert self.twilio.post(PUBLIC_URL + MESSAGES, fields).status_code == 200
        self.settle()
        return self.told(address)[before:]

    def told(self, address: str) -> list[str]:
        """All that an address was sent: texts, links to files, templates."""
        return [
            fields.get("Body") or fields.get("MediaUrl") or fields.get("ContentVariables", "")
            for fields in self.twilio.to(address)
        ]

    def on_telegram(self) -> Person:
        """Somebody with Telegram."""
        return Person(self.telegram, self.database, self.house.settle)

    def settle(self) -> None:
        """All is answered and sent."""
        self.house.settle()
        until = time.monotonic() + WAIT_SECONDS
        while self._is_open():
            assert time.monotonic() < until, "never quiet"
            time.sleep(0.05)

    def _is_open(self) -> bool:
        with self.database.reading() as connection:
            waiting = select(inbox.c.id).where(inbox.c.state == "waiting")
            opened = select(outbox.c.id).where(outbox.c.state.in_(["waiting", "sending"]))
            return any(connection.execute(asked).first() for asked in (waiting, opened))


@contextmanager
def open_house(
    database_url: str,
    sandbox_url: str,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    **more: str,
) -> Iterator[PhoneHouse]:
    """A house on a database; in the end nothing was sent that a provider does not admit."""
    migrate(database_url)
    twilio, telegram = TwilioStandIn(), BotApiStandIn()
    twilio.statuses = ("queued",)
    telegram.pace = 0.0
    urls = {
        "PTI_TWILIO_API_URL": twilio.url,
        "PTI_TELEGRAM_API_URL": telegram.url,
        "PTI_GATEWAY_PORT": str(free_port()),
    }
    settings = dataclasses.replace(
        line_settings(database_url, **urls, **more),
        imss=ImssSettings(url=sandbox_url, token=IMSS_TOKEN, breaker_failures=1000),
    )
    database = Database.from_settings(settings)
    with running_gateway(settings) as address:
        twilio.callback_to = address
        telegram.state.webhook = {
            "url": f"{address}/webhooks/telegram",
            "secret_token": WEBHOOK_SECRET,
        }
        house = House(settings, database, assistant, loop)
        yield PhoneHouse(address, database, house, twilio, telegram)
    database.dispose()
    twilio.close()
    telegram.close()
    assert (twilio.broken, telegram.state.broken) == ([], [])
