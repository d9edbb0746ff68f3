"""Stock Rasa's processes: `rasa run` and its action server, on a database of their own, beside
Twilio's stand-in."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import requests

from bot.settings import PROJECT_ROOT, environment
from tests.load.provider import Provider
from tests.load.stock.project import QUIET, connect, make_project
from tests.support.network import free_port
from tests.support.service import SECRETS

READY_SECONDS = 600.0
HERE = {"PYTHONPATH": str(PROJECT_ROOT), "SANIC_HOST": "127.0.0.1"}
WEBHOOK = "/webhooks/twilio/webhook"


class StockSite:
    """What is started here is ended here, by its id."""

    def __init__(self, database_url: str, model: Path, folder: Path) -> None:
        self.folder = folder
        project = make_project(folder / "stock", stock=True)
        self._port, actions_port = free_port(), free_port()
        connect(project, database_url, actions_port)
        self.urls = [f"http://127.0.0.1:{self._port}"]
        self.provider = Provider(folder, [])
        self._project = project
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._start_all(model, actions_port)
        except BaseException:  # nothing is left running
            self.close()
            raise

    def _start_all(self, model: Path, actions_port: int) -> None:
        self._start("actions", "-m", "rasa", "run", "actions", "--port", str(actions_port))
        began = time.monotonic()
        self._start(
            "rasa",
            *("-m", "tests.load.stock.rasa_at", f"{self.provider.url}/gateway-1", "run"),
            *("--port", str(self._port), "--interface", "127.0.0.1", "--model", str(model)),
            *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
        )
        self._wait_until_ready()
        self.start_seconds = time.monotonic() - began

    def pids(self) -> dict[str, int]:
        """The ids of the processes that run."""
        return {name: process.pid for name, process in self.running.items()}

    def close(self) -> list[str]:
        """Ends everything; what the provider was sent that Twilio does not admit."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(60)
        return self.provider.stop()

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"stock-{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore", *arguments],
                cwd=self._project,
                env={**environment(), **QUIET, **SECRETS, **HERE},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            if ended:
                raise RuntimeError(f"{ended} did not start; see {self.folder}")
            if self._answers():
                return
            time.sleep(0.5)
        raise RuntimeError(f"stock Rasa is not ready; see {self.folder}")

    def _answers(self) -> bool:
        try:
            return bool(requests.get(self.urls[0], timeout=5).ok)
        except requests.RequestException:
            return False
