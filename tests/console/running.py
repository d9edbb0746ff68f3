"""A console on loopback with an account of each role, and people who are logged in to it."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import requests
import uvicorn

from bot.console.access import ROLES
from bot.console.accounts import Accounts
from bot.console.app import create_app
from bot.console.passwords import hash_password
from bot.settings import Settings
from bot.storage.console_tables import accounts
from bot.storage.database import Database
from tests.support.network import free_port

PASSWORD = "una frase de prueba larga"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class RunningConsole:
    """A real server in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.settings = replace(
            settings, console=replace(settings.console, port=port, url=self.url)
        )
        self.database = Database.from_settings(settings)
        self.logins = {role: self.make_account(role, role) for role in ROLES}
        config = uvicorn.Config(
            create_app(self.settings), port=port, log_config=None, ws="none", lifespan="on"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def make_account(self, login: str, role: str, *, fresh: bool = False) -> int:
        """An account with the tests' password, and its id; a fresh one must change it first."""
        known = Accounts(self.database)
        with self.database.writing() as connection:
            made = known.make(connection, login, f"Cuenta {login}", role, hash_password(PASSWORD))
            if not fresh:
                connection.execute(
                    accounts.update().where(accounts.c.id == made).values(must_change_password=0)
                )
        return made

    def client(self, login: str | None = None) -> Client:
        """Somebody with a cookie jar; logged in where a login is given."""
        client = Client(self.url)
        if login is not None:
            answer = client.login(login)
            assert answer.status_code == 303, answer.text
        return client

    def stop(self) -> None:
        """Ends the server."""
        self._server.should_exit = True
        self._thread.join(10)
        self.database.dispose()


class Client(requests.Session):
    """Sends what a browser would: the origin, and the token of the page seen last."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.csrf = ""

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        """A request to a path; redirects are not followed."""
        options.setdefault("allow_redirects", False)
        options.setdefault("timeout", 30)
        headers = options.pop("headers", None) or {}
        if method not in ("GET", "HEAD"):
            headers = {"Origin": self.url, "X-CSRF-Token": self.csrf, **headers}
        answer = super().request(method, self.url + url, headers=headers, **options)
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    def login(self, login: str, password: str = PASSWORD) -> requests.Response:
        """Sends the login form. Where that worked, the token of the new session is at hand."""
        self.get("/login")
        answer = self.post("/login", data={"login": login, "password": password})
        if answer.status_code == 303:
            self.get("/account")
        return answer
