"""What the console's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from bot.console import passwords
from bot.settings import read_settings
from bot.storage.migrate import migrate
from tests.console.browser import Desk
from tests.console.running import Client, RunningConsole
from tests.support.service import SECRETS
from tests.webchat.browser import running_browser

# An account with a template: nothing is sent from here.
WHATSAPP = {
    "PTI_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "PTI_TWILIO_AUTH_TOKEN": "a token of the tests",
    "PTI_TWILIO_WHATSAPP_FROM": "+525541665415",
    "PTI_TWILIO_WHATSAPP_TEMPLATES": "seguimiento=HX" + "1" * 32,
}


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 as weak as it goes: these tests log in hundreds of times."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_hasher", PasswordHasher(1, 64, 2))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console on SQLite with the accounts agent, reviewer, supervisor, administrator."""
    url = f"sqlite:///{tmp_path_factory.mktemp('console') / 'pti.db'}"
    migrate(url)
    running = RunningConsole(read_settings({**SECRETS, **WHATSAPP, "PTI_DATABASE_URL": url}))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def clients(console: RunningConsole) -> dict[str, Client]:
    """A logged-in client for each role."""
    return {role: console.client(role) for role in console.logins}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests."""
    with running_browser() as browser:
        yield browser


@pytest.fixture
def desks(browser: Browser, console: RunningConsole) -> Iterator[Callable[..., Desk]]:
    """Makes people in front of the console: `desks("agent")`, `desks()` signed out,
    `desks("agent", viewport=TABLET)`. In the end none of their pages may have complained."""
    made: list[Desk] = []

    def desk(login: str | None = None, **device: object) -> Desk:
        made.append(Desk(browser, console.url, **device))
        if login is not None:
            made[-1].log_in(login)
        return made[-1]

    yield desk
    for one in made:
        one.close()
    assert [complaint for one in made for complaint in one.complaints.left] == []
