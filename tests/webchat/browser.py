"""Chromium, and a person in front of the chat page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    APIResponse,
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    ViewportSize,
    sync_playwright,
)

from tests.support.complaints import Complaints
from tests.support.needs import chromium

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
ANSWER_MS = 20_000


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A Chromium, ended at the end."""
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Gate:
    """Holds the page's requests, or their answers, for as long as the test wants."""

    def __init__(
        self, page: Page, address: str | re.Pattern[str], *, answers: bool = False
    ) -> None:
        self._answers = answers
        self._held: list[tuple[Route, APIResponse | None]] = []
        self._open = False
        page.route(address, self._come)

    def _come(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append((route, route.fetch() if self._answers else None))

    def open(self) -> None:
        """Lets through what is held, and all that comes later."""
        self._open = True
        for route, answer in self._held:
            if answer is None:
                route.continue_()
            else:
                route.fulfill(response=answer)


class Person:
    """Somebody with a browser of their own. What the page complains about is in `complaints`."""

    def __init__(self, browser: Browser, url: str, **device: Any) -> None:
        settings: dict[str, Any] = {
            "viewport": PHONE,
            "locale": "es-MX",
            "timezone_id": "America/Los_Angeles",
            **device,
        }
        self.url = url
        self.complaints = Complaints()
        self.context: BrowserContext = browser.new_context(**settings)
        self.page = self.open()

    def open(self, path: str = "/") -> Page:
        """A tab with the chat page."""
        page = self.context.new_page()
        page.set_default_timeout(ANSWER_MS)
        self.complaints.watch(page)
        page.goto(self.url + path)
        return page

    def forgive(self, pattern: str) -> None:
        """Does not count complaints that the test itself causes."""
        self.complaints.forgive(pattern)

    def lose_connection(self) -> None:
        """The network is gone; what the browser says of requests under way is no fault."""
        self.forgive("ERR_INTERNET_DISCONNECTED")
        self.context.set_offline(True)

    def regain_connection(self) -> None:
        """The network is back."""
        self.context.set_offline(False)

    def close(self) -> None:
        """Closes the browser window."""
        self.context.close()

    @property
    def session(self) -> str:
        """The session that the page keeps."""
        found = self.page.evaluate("localStorage.getItem('pti-session')")
        assert isinstance(found, str)
        return found

    @property
    def box(self) -> Locator:
        """Where messages are written."""
        return self.page.locator("#text")

    def bubbles(self, author: str = "bot") -> Locator:
        """The messages of one author, without the welcome."""
        return self.page.locator(f".message.{author}:not(#welcome)")

    def say(self, text: str) -> None:
        """Writes a text and sends it."""
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str) -> Locator:
        """Sends a text and gives the newest reply, once it is there."""
        before = self.bubbles().count()
        self.say(text)
        reply = self.bubbles().nth(before)
        reply.wait_for()
        return reply
