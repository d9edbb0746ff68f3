"""What a browser complains about while a test looks at a page."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage, Page


class Complaints:
    """Errors and warnings of the pages that are watched.

    What a test causes itself is forgiven whenever it is said: a browser tells of a lost request
    when it gets to it, before or after the test has named it.
    """

    def __init__(self) -> None:
        self._said: list[str] = []
        self._forgiven: list[str] = []

    def watch(self, page: Page) -> None:
        """Writes down what this page complains about from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def forgive(self, pattern: str) -> None:
        """Does not count what matches the pattern, already said or still to come."""
        self._forgiven.append(pattern)

    @property
    def left(self) -> list[str]:
        """What nobody has forgiven."""
        return [
            text
            for text in self._said
            if not any(re.search(pattern, text) for pattern in self._forgiven)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._said.append(message.text)
