"""Somebody in front of the console, and the check for accessibility."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.console.running import PASSWORD
from tests.support.complaints import Complaints

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
TABLET: ViewportSize = {"width": 820, "height": 1180}
AXE = Path(__file__).parent / "assets" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ANSWER_MS = 30_000
expect.set_options(timeout=ANSWER_MS)


class Desk:
    """A browser of one's own. What its pages complain about is in `complaints`."""

    def __init__(self, browser: Browser, url: str, **device: Any) -> None:
        self.url = url
        self.complaints = Complaints()
        settings = {"viewport": DESKTOP, "locale": "es-MX", **device}
        self.context = browser.new_context(**settings)
        self.page = self.open()

    def open(self) -> Page:
        """An empty tab."""
        page = self.context.new_page()
        page.set_default_timeout(ANSWER_MS)
        self.complaints.watch(page)
        return page

    def go(self, path: str) -> Page:
        """Opens a page of the console."""
        self.page.goto(self.url + path)
        return self.page

    def log_in(self, login: str, password: str = PASSWORD) -> Page:
        """Fills the login form and sends it."""
        page = self.go("/login")
        page.locator("#login").fill(login)
        page.locator("#password").fill(password)
        page.locator("#password").press("Enter")
        page.wait_for_url(re.compile(r"^(?!.*/login$).*$"))
        return page

    def forgive(self, pattern: str) -> None:
        """Does not count complaints that the test itself causes."""
        self.complaints.forgive(pattern)

    def close(self) -> None:
        """Closes the window."""
        self.context.close()


def assert_accessible(page: Page) -> None:
    """Axe finds nothing against WCAG 2.2, levels A and AA, on the page as it stands."""
    # Evaluated, not added as a script: the page's own policy stays as it is.
    page.evaluate(AXE.read_text("utf-8") + "; undefined")
    found = page.evaluate(
        "levels => axe.run(document, {runOnly: {type: 'tag', values: levels}})", LEVELS
    )
    assert found["passes"], "axe looked at nothing"
    assert [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in found["violations"]
    ] == []
