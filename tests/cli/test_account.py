"""`pti account` and `pti console`, as processes of their own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from bot.console.audit import Audit
from bot.settings import PROJECT_ROOT
from bot.storage.database import Database
from tests.cli.in_process import one_line, pti
from tests.cli.pti import environment
from tests.console.running import Client
from tests.support.network import free_port

PASSWORD = re.compile(r"first login: ([a-z0-9-]{23})\n")


@pytest.fixture
def variables(sqlite_database: Database) -> dict[str, str]:
    """Commands use that database."""
    return {"PTI_DATABASE_URL": sqlite_database.url}


def test_accounts(sqlite_database: Database, variables: dict[str, str]) -> None:
    made = pti("account", "add", "Maria", "--role", "administrator", variables=variables)
    assert made.returncode == 0
    assert PASSWORD.search(made.stdout)
    listed = pti("account", "list", variables=variables).stdout
    assert listed == "maria\tadministrator\tactive\tno second step\tnever seen\n"

    again = pti("account", "add", "maria", variables=variables)
    assert one_line(again) == "Error: There is an account with that login already."
    last = pti("account", "block", "maria", variables=variables)
    assert one_line(last) == "Error: That is the last active administrator."
    nobody = pti("account", "password", "nobody", variables=variables)
    assert one_line(nobody) == "Error: There is no account nobody."
    bad = pti("account", "add", "maría gómez", variables=variables)
    assert bad.returncode == 1

    assert pti("account", "add", "ana", variables=variables).returncode == 0
    assert pti("account", "block", "ana", variables=variables).stdout == "ana is blocked.\n"
    assert "ana\tagent\tblocked" in pti("account", "list", variables=variables).stdout
    undone = pti("account", "block", "ana", "--undo", variables=variables)
    assert undone.stdout == "ana is no longer blocked.\n"
    fresh = pti("account", "password", "ana", "--without-second-step", variables=variables)
    assert PASSWORD.search(fresh.stdout)
    deeds = [entry.deed for entry in Audit(sqlite_database).newest()]
    assert deeds[::-1] == [
        "account_made", "account_made", "account_blocked", "account_freed", "password_reset",
    ]  # fmt: skip


def test_the_process_lets_a_new_account_in(variables: dict[str, str], tmp_path: Path) -> None:
    made = pti("account", "add", "ana", variables=variables)
    password = PASSWORD.search(made.stdout)
    assert password
    port = str(free_port())
    with (tmp_path / "console.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bot.cli", "console"],
            env={**environment(**variables), "PTI_CONSOLE_PORT": port},
            cwd=PROJECT_ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        client = Client(f"http://127.0.0.1:{port}")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if client.get("/ready").status_code == 200:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        assert client.login("ana", password[1]).status_code == 303
        assert client.get("/").headers["location"].startswith("/login/password")
    finally:
        process.terminate()
        process.wait(10)
    log = (tmp_path / "console.log").read_text("utf-8")
    assert "ana" not in log
    assert password[1] not in log
    assert "Traceback" not in log
