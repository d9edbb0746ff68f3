"""The gateway's application in the tests' own process: asked without a network between, or running
in a thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx
import uvicorn
from sqlalchemy import select

from bot.gateway import create_app
from bot.messaging.contents import Incoming
from bot.serving import SERVED
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import addresses, inbox

HOST = "http://inside:81"


@dataclass
class GatewayApp:
    """The application and its database."""

    settings: Settings
    database: Database

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)

    def ask(
        self, path: str, content: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> httpx.Response:
        """The answer to a request; an error of the application's is an answer too."""

        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
                return await http.request(method, path, content=content, headers=dict(headers))

        return asyncio.run(answered())

    def messages(self) -> list[Incoming]:
        """What is in the inbox, in order."""
        with self.database.reading() as connection:
            sealed = connection.execute(select(inbox.c.content_sealed).order_by(inbox.c.id))
            return [Incoming(**self.database.cipher.open(row[0])) for row in sealed]

    def addresses(self) -> dict[str, int]:
        """The addresses that are known, in order, with their conversations."""
        with self.database.reading() as connection:
            rows = connection.execute(select(addresses).order_by(addresses.c.id)).all()
        return {
            str(self.database.cipher.open(row.address_sealed)): row.conversation_id for row in rows
        }


App = TypeVar("App", bound=GatewayApp)


@contextmanager
def opened(kind: type[App], settings: Settings) -> Iterator[App]:
    """An application of a kind, on an empty database."""
    migrate(settings.database_url)
    database = Database.from_settings(settings)
    yield kind(settings, database)
    database.dispose()


@contextmanager
def running_gateway(settings: Settings) -> Iterator[str]:
    """The gateway in a thread of this process; gives its address."""
    config = uvicorn.Config(create_app(settings), port=settings.gateway_port, **SERVED)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.02)
    yield f"http://127.0.0.1:{settings.gateway_port}"
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()
