"""What the tests of Telegram share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.gateway import create_app
from bot.messaging.contents import Incoming
from bot.settings import Settings, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import addresses, inbox
from tests.support.service import SECRETS
from tests.telegram.bot_api import BotApiStandIn
from tests.telegram.known import HEADER, TOKEN, WEBHOOK_SECRET


@pytest.fixture
def telegram() -> Iterator[BotApiStandIn]:
    """Telegram's interface; in the end nothing may have been sent that it does not admit."""
    server = BotApiStandIn()
    yield server
    server.close()
    assert server.state.broken == []


def telegram_settings(database_url: str, **more: str) -> Settings:
    """Settings with the tests' bot."""
    given = {"PTI_TELEGRAM_TOKEN": TOKEN, "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET}
    return read_settings({**SECRETS, "PTI_DATABASE_URL": database_url, **given, **more})


@dataclass
class Gateway:
    """The gateway's application without a network between, and its database."""

    settings: Settings
    database: Database

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)

    def post(
        self,
        body: Any,
        headers: dict[str, str] | None = None,
        path: str = "/webhooks/telegram",
        method: str = "POST",
    ) -> httpx.Response:
        """Sends a request; with the right secret unless headers are given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {HEADER: WEBHOOK_SECRET} if headers is None else headers

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
                return await http.request(method, path, content=raw, headers=headers)

        return asyncio.run(sent())

    def messages(self) -> list[Incoming]:
        """What is in the inbox, in order."""
        with self.database.reading() as connection:
            sealed = connection.execute(select(inbox.c.content_sealed).order_by(inbox.c.id))
            return [Incoming(**self.database.cipher.open(row[0])) for row in sealed]

    def chats(self) -> list[str]:
        """The addresses that are known."""
        with self.database.reading() as connection:
            sealed = connection.execute(select(addresses.c.address_sealed).order_by(addresses.c.id))
            return [str(self.database.cipher.open(row[0])) for row in sealed]


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
    settings = telegram_settings(url)
    database = Database.from_settings(settings)
    yield Gateway(settings, database)
    database.dispose()
