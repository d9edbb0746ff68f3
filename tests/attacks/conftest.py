"""What the attacks are made against: the gateway with every channel, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.voice import dialogue
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.attacks.doors import Gateway
from tests.phone.known import line_settings


@pytest.fixture(scope="module")
def gateway(module_database_url: str) -> Iterator[Gateway]:
    """A gateway with all its channels, with room for many sessions."""
    migrate(module_database_url)
    settings = line_settings(module_database_url, PTI_CHAT_SESSIONS_BURST="100000")
    database = Database.from_settings(settings)
    patch = pytest.MonkeyPatch()
    # No brain works meanwhile: a call need not be held for an answer.
    patch.setattr(dialogue, "HOLD_SECONDS", 0.0)
    yield Gateway(settings, database)
    patch.undo()
    database.dispose()
