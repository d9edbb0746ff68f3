"""A console on loopback with an account of each role, and people who are logged in to it."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import requests
import uvicorn
from sqlalchemy import select, update

from bot.console.access import ROLES
from bot.console.accounts import Accounts, Member
from bot.console.app import create_app
from bot.console.passwords import hash_password
from bot.serving import SERVED
from bot.settings import Settings
from bot.storage.console_tables import accounts, console_sessions, login_failures
from bot.storage.database import Database
from tests.support.network import free_port

PASSWORD = "una frase de prueba larga"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class RunningConsole:
    """A real server in a thread of its own. Every account has the tests' password."""

    password = PASSWORD

    def __init__(
        self, settings: Settings, *, accounts_there: bool = False, keep_url: bool = False
    ) -> None:
        port = free_port()
        self.here = f"http://127.0.0.1:{port}"
        self.url = settings.console.url if keep_url else self.here
        self.settings = replace(
            settings, console=replace(settings.console, port=port, url=self.url)
        )
        self.database = Database.from_settings(settings)
        self._accounts = Accounts(self.database)
        if not accounts_there:
            self.logins = {role: self.make_account(role, role) for role in ROLES}
        config = uvicorn.Config(create_app(self.settings), port=port, lifespan="on", **SERVED)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def make_account(self, login: str, role: str, *, fresh: bool = False) -> int:
        """An account with the tests' password, and its id; a fresh one must change it first."""
        kept = hash_password(PASSWORD)
        with self.database.writing() as connection:
            made = self._accounts.make(connection, login, f"Cuenta {login}", role, kept)
            if not fresh:
                connection.execute(
                    update(accounts).where(accounts.c.id == made).values(must_change_password=0)
                )
        return made

    def give_second_step(self, account_id: int, secret: str) -> None:
        """The account asks for a code of that secret from now on."""
        with self.database.writing() as connection:
            self._accounts.set_second_step(connection, account_id, secret)

    def member(self, account_id: int) -> Member:
        """An account as it is now."""
        with self.database.reading() as connection:
            return self._accounts.get(connection, account_id)

    def age_sessions(self, login: str, **seconds: float) -> None:
        """Moves times of the account's sessions into the past."""
        of_login = select(accounts.c.id).where(accounts.c.login == login).scalar_subquery()
        with self.database.writing() as connection:
            connection.execute(
                update(console_sessions)
                .where(console_sessions.c.account_id == of_login)
                .values({name: console_sessions.c[name] - by for name, by in seconds.items()})
            )

    def forget_failures(self) -> None:
        """As if nobody had ever typed a wrong password."""
        with self.database.writing() as connection:
            connection.execute(login_failures.delete())

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

    def get(self, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        """A page; requests' own follows redirects unless it is told otherwise."""
        return self.request("GET", url, **options)

    def login(self, login: str, password: str = PASSWORD) -> requests.Response:
        """Sends the login form. Where that worked, the token of the new session is at hand."""
        self.get("/login")
        answer = self.post("/login", data={"login": login, "password": password})
        if answer.status_code == 303:
            self.find_token()
        return answer

    def find_token(self) -> None:
        """Takes the token of the page that comes next, whichever it is."""
        self.get("/account", allow_redirects=True)
