"""The sandbox as a real process, on a port and a database of the test's own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

from bot.imss.client import ImssClient
from bot.imss.transport import Patience
from tests.support.network import free_port
from tests.support.service import SECRETS

TOKEN = "token-of-the-tests"
CONTROL_TOKEN = "control-token-of-the-tests"
READY_SECONDS = 60
# A day on which a line can be paid up to the 20th and the next month's figures are published.
NOW = "2026-06-10T12:00:00-06:00"


class Sandbox:
    """A running sandbox. What is started here is ended here, by its id."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = folder / "imss-sandbox.db"
        self._log = folder / "imss-sandbox.log"
        self._control = requests.Session()
        self._control.headers["Authorization"] = f"Bearer {CONTROL_TOKEN}"
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it is started with."""
        return {
            **os.environ,
            **SECRETS,
            "PTI_ENVIRONMENT": "development",
            "PTI_IMSS_URL": "",
            "PTI_IMSS_TOKEN": TOKEN,
            "PTI_SANDBOX_PORT": str(self.port),
            "PTI_SANDBOX_DATABASE_PATH": str(self.database),
            "PTI_SANDBOX_CONTROL_TOKEN": CONTROL_TOKEN,
        }

    def start(self) -> None:
        """Starts it and waits until it answers; its clock shows NOW."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "bot.cli", "imss-sandbox"],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + READY_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            try:
                if requests.get(f"{self.url}/health", timeout=5).status_code == 200:
                    self.set_clock(NOW)
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise TimeoutError(self.log())

    def kill(self) -> None:
        """Ends it as a power cut does: `kill -9`."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it, if it runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)

    def log(self) -> str:
        """All that it printed."""
        return self._log.read_text("utf-8", "replace")

    def behave(self, kind: str, **details: Any) -> None:
        """What goes wrong with the next calls."""
        self._tell("POST", "/sandbox/behaviour", {"kind": kind, **details})

    def behave_well(self) -> None:
        """Nothing goes wrong any more, it is NOW, and calls are counted anew."""
        self._tell("DELETE", "/sandbox/behaviour")
        self.set_clock(NOW)

    def calls(self, operation: str) -> int:
        """How many calls an operation has had."""
        return int(self._tell("GET", "/sandbox/behaviour")["calls"].get(operation, 0))

    def wait_for_pause(self, place: str) -> None:
        """Waits until a call is paused at that place."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self._tell("GET", "/sandbox/behaviour")["pausing"].get(place):
                return
            time.sleep(0.02)
        raise TimeoutError(place)

    def set_clock(self, instant: str) -> None:
        """Makes it that time."""
        self._tell("PUT", "/sandbox/clock", {"now": instant})

    def set_line(self, capture_line: str, state: str) -> None:
        """Makes a line paid or expired."""
        self._tell("PUT", f"/sandbox/capture-lines/{capture_line}", {"state": state})

    def count(self, table: str, folio: str | None = None) -> int:
        """Rows of a table, of one registration where a folio is given."""
        where = ""
        if folio:
            where = " WHERE registration_id = (SELECT id FROM registrations WHERE folio = ?)"
        with closing(sqlite3.connect(self.database)) as connection:
            query = f"SELECT count(*) FROM {table}{where}"  # noqa: S608 - names of our own
            return int(connection.execute(query, (folio,) if folio else ()).fetchone()[0])

    def client(self, patience: Patience | None = None, **options: Any) -> ImssClient:
        """A client of it."""
        options = {"accept_test": True, **options}
        return ImssClient(self.url, TOKEN, patience or Patience(5, 5, 10), **options)

    def _tell(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._control.request(method, self.url + path, json=body, timeout=40)
        assert answer.status_code == 200, answer.text
        return answer.json()
