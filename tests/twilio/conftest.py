"""What the tests of Twilio share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from bot.gateway import create_app
from bot.messaging.contents import Incoming, Reply
from bot.settings import Settings, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import addresses, inbox, outbox
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


@dataclass
class Gateway:
    """The gateway's application without a network between, and its database."""

    settings: Settings
    database: Database

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)

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
        raw = urlencode(fields).encode() if body is None else body

        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside:81") as http:
                return await http.post(path, content=raw, headers=sent)

        return asyncio.run(answered())

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

    def addresses(self) -> dict[str, int]:
        """The addresses that are known, with their conversations."""
        with self.database.reading() as connection:
            rows = connection.execute(select(addresses)).all()
        return {
            str(self.database.cipher.open(row.address_sealed)): row.conversation_id for row in rows
        }

    def channel_replies(self) -> list[str]:
        """What the channel itself answered, oldest first."""
        with self.database.reading() as connection:
            statement = select(outbox.c.content_sealed).where(outbox.c.despite_stop == 1)
            rows = connection.execute(statement.order_by(outbox.c.id)).scalars().all()
        return [Reply.from_json(self.database.cipher.open(sealed)).text for sealed in rows]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway on each kind of database."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    url = f"sqlite:///{folder / 'pti.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    settings = twilio_settings(url)
    database = Database.from_settings(settings)
    yield Gateway(settings, database)
    database.dispose()
