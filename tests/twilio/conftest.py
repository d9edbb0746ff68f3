"""What the tests of Twilio share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from bot.messaging.contents import Incoming, Reply
from bot.settings import Settings, read_settings
from bot.storage.tables import inbox, outbox
from tests.support.gateway import GatewayApp, opened
from tests.support.service import SECRETS
from tests.twilio.known import PUBLIC_URL, TOKEN, TWILIO
from tests.twilio.rest_api import TwilioStandIn

MESSAGES = "/webhooks/twilio/messages"
STATUS = "/webhooks/twilio/status"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    """Twilio's interface; in the end nothing may have been sent that it does not admit."""
    server = TwilioStandIn()
    yield server
    server.close()
    assert server.broken == []


def twilio_settings(database_url: str, **more: str) -> Settings:
    """Settings with the tests' account."""
    given = {"PTI_DATABASE_URL": database_url, "PTI_PUBLIC_URL": PUBLIC_URL}
    return read_settings({**SECRETS, **given, **TWILIO, **more})


def sign(url: str, fields: Mapping[str, str]) -> str:
    """The signature that Twilio's own library makes."""
    return str(RequestValidator(TOKEN).compute_signature(url, dict(fields)))


class Gateway(GatewayApp):
    """The gateway as Twilio calls it."""

    def post(
        self,
        fields: Mapping[str, str],
        path: str = MESSAGES,
        signature: str | None = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Sends a form; signed as Twilio does, unless a signature is given, or None for none."""
        if signature == "":
            signature = sign(PUBLIC_URL + path, fields)
        sent = {"Content-Type": FORM, **(headers or {})}
        if signature is not None:
            sent["X-Twilio-Signature"] = signature
        return self.ask(path, urlencode(fields).encode() if body is None else body, sent)

    def rows(self) -> int:
        """How many messages the inbox has."""
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(inbox)).scalar_one())

    def last(self) -> tuple[Incoming, str]:
        """The newest message in the inbox, and its state."""
        with self.database.reading() as connection:
            statement = select(inbox).order_by(inbox.c.id.desc()).limit(1)
            row = connection.execute(statement).one()
        return Incoming(**self.database.cipher.open(row.content_sealed)), row.state

    def channel_replies(self) -> list[str]:
        """What the channel itself answered, oldest first."""
        with self.database.reading() as connection:
            statement = select(outbox.c.content_sealed).where(outbox.c.despite_stop == 1)
            rows = connection.execute(statement.order_by(outbox.c.id)).scalars().all()
        return [Reply.from_json(self.database.cipher.open(sealed)).text for sealed in rows]


@pytest.fixture(scope="module")
def gateway(module_database_url: str) -> Iterator[Gateway]:
    """A gateway on each kind of database."""
    with opened(Gateway, twilio_settings(module_database_url)) as app:
        yield app
