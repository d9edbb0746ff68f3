"""The real processes, started as `make run` starts them, on a database and a port of the test's
own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from bot.storage.migrate import migrate
from tests.support.network import free_port

SECRETS = {
    "PTI_ENCRYPTION_KEYS": "siv:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "PTI_INDEX_KEY": "an index key of the tests",
}
READY_SECONDS = 240


class Service:
    """Gateway and brain on one database. What is started here is ended here, by its id."""

    def __init__(self, database_url: str, model: Path, folder: Path, **settings: str) -> None:
        self.database_url = database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self.environment = {
            **os.environ,
            **SECRETS,
            "PTI_DATABASE_URL": database_url,
            "PTI_MODEL_PATH": str(model),
            "PTI_GATEWAY_PORT": str(self.port),
            "PTI_CLAIM_SECONDS": "3",
            **settings,
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        migrate(database_url)

    def start(
        self,
        *command: str,
        program: tuple[str, ...] = ("-m", "bot.cli"),
        environment: dict[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts `pti <command>`; its output goes to a file in the test's folder.

        `program` runs in place of `bot.cli`; `environment` is added for this process alone.
        """
        log = self._folder / f"{command[0]}-{len(self._processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", *program, *command],
                env={**self.environment, **(environment or {})},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process

    def start_all(self) -> Service:
        """Gateway and brain, ready."""
        self.start("gateway")
        self.start("brain")
        self.wait_until_ready()
        return self

    def wait_until_ready(self, brains: bool = True) -> None:
        """Waits until the gateway answers, and with `brains` until a brain is there too."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self._processes[-1].poll() is not None:
                raise RuntimeError(f"the last process started ended by itself:\n{self.logs()}")
            try:
                status = requests.get(
                    f"{self.url}/{'ready' if brains else 'health'}", timeout=5
                ).status_code
                if status == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise TimeoutError(self.logs())

    def pids(self) -> list[int]:
        """The ids of the processes that run."""
        return [process.pid for process in self._processes if process.poll() is None]

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """Ends a process as a power cut does: `kill -9`."""
        process.kill()
        process.wait()

    def logs(self) -> str:
        """All that the processes printed."""
        return "\n".join(
            path.read_text("utf-8", "replace") for path in sorted(self._folder.glob("*.log"))
        )

    def stop(self) -> None:
        """Ends what is still running."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Chat:
    """A person on the chat page, by its interface."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        response = self._http.post(f"{url}/chat/api/sessions", timeout=30)
        assert response.status_code == 201, response.text
        self.session: str = response.json()["session"]
        self.seen = 0

    def send(self, text: str) -> int:
        """Sends a text and gives its id."""
        return self._send({"text": text})

    def choose(self, option: str) -> int:
        """Sends an option's id."""
        return self._send({"option": option})

    def _send(self, message: dict[str, str]) -> int:
        response = self._http.post(
            f"{self._url}/chat/api/messages", json={"session": self.session, **message}, timeout=30
        )
        assert response.status_code == 202, response.text
        return int(response.json()["id"])

    def messages(self, after: int = 0, wait: int = 0) -> list[dict[str, Any]]:
        """Messages after an id."""
        query = {"session": self.session, "after": str(after), "wait": str(wait)}
        response = self._http.get(f"{self._url}/chat/api/messages", params=query, timeout=60)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["messages"]
        return found

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Sends a text and gives the replies to it."""
        return self.replies(self.send(text))

    def tap(self, title: str) -> list[dict[str, Any]]:
        """Chooses the newest option with that title."""
        options = [o for m in self.messages() for o in m["options"] if o["title"] == title]
        return self.replies(self.choose(options[-1]["id"]))

    def replies(self, after: int, seconds: float = 120) -> list[dict[str, Any]]:
        """What the assistant answered after an id; waits for it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [m for m in self.messages(after, wait=5) if m["from"] != "user"]
            if found:
                return found
        raise TimeoutError(f"no reply after {after}")
