"""What the tests of the phone line share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select

from bot.gateway import create_app
from bot.messaging.contents import Reply
from bot.settings import Settings
from bot.storage.call_tables import handoffs, voice_calls, voice_steps
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import addresses, inbox, outbox
from tests.phone.known import line_settings
from tests.twilio.conftest import FORM, sign
from tests.twilio.known import PUBLIC_URL

TABLES = (addresses, handoffs, inbox, outbox, voice_calls, voice_steps)


@dataclass
class Gateway:
    """The gateway's application without a network between, and its database."""

    settings: Settings
    database: Database

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)

    def send(
        self, path: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> httpx.Response:
        """Sends a request."""

        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside:81") as http:
                return await http.request(method, path, content=body, headers=dict(headers))

        return asyncio.run(answered())

    def hand_over(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """A request of the line."""
        return self.send("/webhooks/handoff", body, headers)

    def voice(
        self, path: str, fields: Mapping[str, str], signature: str | None = ""
    ) -> httpx.Response:
        """A step of a call; signed as Twilio does, unless a signature is given, or None."""
        headers = {"Content-Type": FORM}
        signature = sign(PUBLIC_URL + path, fields) if signature == "" else signature
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        return self.send(path, urlencode(fields).encode(), headers)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.database.reading() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in TABLES
            }

    def outgoing(self) -> list[tuple[str, str, Reply]]:
        """Channel, address and message of all that is to be sent, oldest first."""
        statement = (
            select(addresses.c.channel, addresses.c.address_sealed, outbox.c.content_sealed)
            .join(addresses, addresses.c.id == outbox.c.address_id)
            .where(outbox.c.state == "waiting")
            .order_by(outbox.c.id)
        )
        opened = self.database.cipher.open
        with self.database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            (r.channel, opened(r.address_sealed), _reply(opened(r.content_sealed))) for r in rows
        ]


def _reply(value: Any) -> Reply:
    return Reply.from_json(value)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway on each kind of database."""
    folder: Path = tmp_path_factory.mktemp("phone")
    url = f"sqlite:///{folder / 'pti.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    settings = line_settings(url)
    database = Database.from_settings(settings)
    yield Gateway(settings, database)
    database.dispose()
