"""What the tests of Telegram share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.settings import Settings, read_settings
from tests.support.gateway import GatewayApp, opened
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


class Gateway(GatewayApp):
    """The gateway as Telegram calls it."""

    def post(
        self,
        body: Any,
        headers: dict[str, str] | None = None,
        path: str = "/webhooks/telegram",
        method: str = "POST",
    ) -> httpx.Response:
        """Sends a request; with the right secret unless headers are given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(path, raw, {HEADER: WEBHOOK_SECRET} if headers is None else headers, method)

    def chats(self) -> list[str]:
        """The addresses that are known."""
        return list(self.addresses())


@pytest.fixture(scope="module")
def gateway(module_database_url: str) -> Iterator[Gateway]:
    """A gateway on each kind of database."""
    with opened(Gateway, telegram_settings(module_database_url)) as app:
        yield app
