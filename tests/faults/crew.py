"""Processes that are killed and started again, and people whose conversation must not show it."""

from __future__ import annotations

import contextlib
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import requests

from tests.support.service import Chat, Service

WAIT_SECONDS = 240.0
# Two turns of a form, an answer, what is not understood: 3 messages that need actions.
SAID = ("hola", "quiero calcular mi cuota", "1500 dolares", "al mes", "cuanto cuesta", "gracias")


class Crew:
    """A gateway, and brains that die where they are told to."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self._folder = folder
        self._armed = folder / "die-at"
        self._starts = 0
        self._next = self._warm_up()
        self.gateway = service.start("gateway")
        service.wait_until_ready(brains=False)
        self.brain = self.start_brain()
        self.expected = Somebody(service.url).told_in_peace(SAID)

    def start_brain(self) -> subprocess.Popen[bytes]:
        """Starts a brain; it is ready when it is."""
        self._go().touch()
        started, self._next = self._next, self._warm_up()
        return started

    def wait_until_brains_are_ready(self) -> None:
        """Waits until every brain that was started said so."""
        until = time.monotonic() + WAIT_SECONDS
        while self.service.logs().count("ready as") < self._starts - 1:
            assert time.monotonic() < until, self.service.logs()
            time.sleep(0.2)

    def _warm_up(self) -> subprocess.Popen[bytes]:
        self._starts += 1
        program = ("-m", "tests.faults.die_at", str(self._armed), str(self._go()))
        return self.service.start("brain", program=program)

    def _go(self) -> Path:
        return self._folder / f"go-{self._starts}"

    def die_at(self, point: str) -> None:
        """The brain that gets there next dies there."""
        self._armed.write_text(point, "utf-8")

    def wait_until_brain_died(self) -> None:
        """Waits for that, and sees that it was killed and did not end by itself."""
        assert self.brain.wait(WAIT_SECONDS) == -9, self.service.logs()

    def restart_gateway(self) -> None:
        """Starts the gateway that was killed again."""
        self.gateway = self.service.start("gateway")
        self.service.wait_until_ready(brains=False)


class Somebody:
    """A person who writes and reads on the chat page, and tries again when it is not taken."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.chat = Chat(url)
        self.wrote: list[str] = []

    def write(self, text: str) -> None:
        """Sends until it is acknowledged, as the page does: with one key, so that it is taken
        once."""
        key, until = uuid.uuid4().hex, time.monotonic() + WAIT_SECONDS
        body = {"session": self.chat.session, "text": text, "key": key}
        self.wrote.append(text)
        while time.monotonic() < until:
            with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                answer = requests.post(f"{self._url}/chat/api/messages", json=body, timeout=10)
                if answer.status_code == 202:
                    return
                assert answer.status_code == 503, answer.text
            time.sleep(0.1)
        raise TimeoutError("not acknowledged")

    def told_in_peace(self, texts: Sequence[str]) -> list[str]:
        """What is answered to these texts where nothing fails."""
        for text in texts:
            self.write(text)
        return self.told(len(texts))

    def told(self, messages: int, at_least: int = 0) -> list[str]:
        """All that the assistant said, once nothing more is to come.

        Nothing more is to come when the last thing said is followed by silence, after `at_least`
        replies: the tests give the number that a conversation in peace had.
        """
        until, found = time.monotonic() + WAIT_SECONDS, []
        while time.monotonic() < until:
            lines = self.chat.messages()
            found = [line["text"] for line in lines if line["from"] == "bot"]
            enough = len(found) >= max(messages, at_least)
            if not self.chat.messages(lines[-1]["id"], wait=1 if enough else 5) and enough:
                return found
        raise TimeoutError(f"{len(found)} replies to {messages} messages")

    def check(self, expected: list[str]) -> None:
        """Everything written is there once and in order, and answered once and in order."""
        told = self.told(len(self.wrote), at_least=len(expected))
        assert told == expected
        assert [m["text"] for m in self.chat.messages() if m["from"] == "user"] == self.wrote
