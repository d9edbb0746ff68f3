"""Sessions: nobody guesses, fixes or keeps one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests
from sqlalchemy import select

from bot.console.cookies import cookie_name
from bot.console.sessions import Sessions, new_token
from bot.settings import ConsoleSettings, Settings
from bot.storage.console_tables import accounts, console_sessions
from bot.storage.database import Database
from tests.console.running import Client, RunningConsole

COOKIE = cookie_name(ConsoleSettings())


def is_in(client: Client) -> bool:
    """Whether the client sees its own account."""
    answer = client.get("/account")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


@pytest.mark.parametrize(
    "guess", ["", "a", "x" * 43, "é" * 43, "a" * 4000, "' OR 1=1 --", "../../etc/passwd"]
)
def test_a_guess_opens_nothing(console: RunningConsole, guess: str) -> None:
    answer = requests.get(
        f"{console.url}/account",
        headers={"Cookie": f"{COOKIE}={guess}".encode()},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.headers["location"] == "/login?next=/account"


def test_the_database_does_not_hold_what_the_browser_holds(console: RunningConsole) -> None:
    client = console.client("agent")
    token = client.cookies[COOKIE]
    with console.database.reading() as connection:
        kept = connection.execute(select(console_sessions.c.token_index)).scalars().all()
    assert kept
    assert not [index for index in kept if token in index or index in token]
    # what the database holds is no token either
    thief = console.client()
    thief.cookies.set(COOKIE, kept[0][:43])
    assert not is_in(thief)


def test_a_token_from_before_the_login_is_worth_nothing_after_it(console: RunningConsole) -> None:
    victim, attacker = console.client(), console.client()
    attacker.get("/login")
    fixed = attacker.cookies[COOKIE]
    victim.cookies.set(COOKIE, fixed)
    assert victim.login("agent").status_code == 303
    attacker.cookies.clear()
    attacker.cookies.set(COOKIE, fixed)
    assert not is_in(attacker)


def test_a_second_login_ends_the_session_before_it(console: RunningConsole) -> None:
    client = console.client("agent")
    first = client.cookies[COOKIE]
    assert client.post("/login", data={"login": "agent", "password": console.password}).ok
    assert client.cookies[COOKIE] != first
    left = console.client()
    left.cookies.set(COOKIE, first)
    assert not is_in(left)


@pytest.mark.parametrize(
    ("aged", "lasts"),
    [
        ({"seen_at": 29 * 60.0}, True),
        ({"seen_at": 31 * 60.0}, False),
        ({"created_at": 9.9 * 3600}, True),
        ({"created_at": 10.1 * 3600}, False),
    ],
)
def test_how_long_a_session_lasts(
    console: RunningConsole, aged: dict[str, float], lasts: bool
) -> None:
    client = console.client("reviewer")
    console.age_sessions("reviewer", **aged)
    assert is_in(client) is lasts
    # one that ended does not come back by being used
    assert is_in(client) is lasts


def test_use_keeps_a_session_open(console: RunningConsole) -> None:
    client = console.client("reviewer")
    for _ in range(3):
        console.age_sessions("reviewer", seen_at=20 * 60.0)
        assert is_in(client)


def test_logging_out_ends_it_on_the_server(console: RunningConsole) -> None:
    client = console.client("agent")
    token = client.cookies[COOKIE]
    answer = client.post("/logout")
    assert answer.headers["location"] == "/login"
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, token)
    assert not is_in(client)


def test_logging_out_everywhere_else(console: RunningConsole) -> None:
    here, there, others = (console.client(login) for login in ("agent", "agent", "supervisor"))
    assert here.post("/account/sessions/end").headers["location"] == "/account?done=sessions"
    assert (is_in(here), is_in(there), is_in(others)) == (True, False, True)


@pytest.mark.parametrize("deed", ["sessions/end", "block", "password"])
def test_an_administrator_ends_sessions(console: RunningConsole, deed: str) -> None:
    login = f"ended-by-{deed.replace('/', '-')}"
    account = console.make_account(login, "agent")
    client, administrator = console.client(login), console.client("administrator")
    assert administrator.post(f"/accounts/{account}/{deed}").ok
    assert not is_in(client)


def test_a_role_changes_at_once(console: RunningConsole) -> None:
    account = console.make_account("promoted", "agent")
    client, administrator = console.client("promoted"), console.client("administrator")
    assert client.get("/accounts").status_code == 403
    administrator.post(f"/accounts/{account}/role", data={"role": "administrator"})
    assert client.get("/accounts").status_code == 200
    administrator.post(f"/accounts/{account}/role", data={"role": "agent"})
    assert client.get("/accounts").status_code == 403


def test_a_new_password_ends_all_sessions_but_the_one_it_was_set_in(
    console: RunningConsole,
) -> None:
    console.make_account("changing", "agent")
    here, there = console.client("changing"), console.client("changing")
    before = here.cookies[COOKIE]
    new = "otra frase bastante larga"
    answer = here.post(
        "/account/password", data={"present": console.password, "new": new, "again": new}
    )
    assert answer.headers["location"] == "/account?done=password"
    assert here.cookies[COOKIE] != before
    assert is_in(here)
    assert not is_in(there)
    assert console.client().login("changing").status_code == 422
    assert console.client().login("changing", new).status_code == 303


def test_the_cookie(console: RunningConsole) -> None:
    client = console.client()
    client.get("/login")
    answer = client.post("/login", data={"login": "agent", "password": console.password})
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=strict"}


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(console: RunningConsole) -> None:
    """The console itself speaks http; a proxy in front of it ends the encryption."""
    address = "https://consola.example.mx"
    settings = replace(console.settings, console=replace(console.settings.console, url=address))
    secure = RunningConsole(settings, accounts_there=True, keep_url=True)
    try:
        page = requests.get(
            f"{secure.here}/login", headers={"Host": "consola.example.mx"}, timeout=10
        )
        assert page.headers["set-cookie"].startswith("__Host-pti-console=")
        assert "; Secure" in page.headers["set-cookie"]
        assert "max-age" in page.headers["strict-transport-security"]
        wrong = requests.get(f"{secure.here}/login", timeout=10)
        assert wrong.status_code == 400
    finally:
        secure.stop()


def test_a_link_from_elsewhere_keeps_who_is_in_in(console: RunningConsole) -> None:
    """The browser holds the cookie back; the page asks for itself and sets no other."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = console.client().get("/account?x=1", headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert f"0; url={console.url}/account?x=1" in answer.text


def test_sessions_on_both_databases(settings: Settings, database: Database) -> None:
    sessions = Sessions(settings, database)
    with database.writing() as connection:
        for login in ("one", "two"):
            row = {"login": login, "name": login, "role": "agent", "password_hash": "-"}
            connection.execute(accounts.insert().values(**row, created_at=0.0))
        tokens = [sessions.open(connection, number, complete=True) for number in (1, 1, 2)]
    found = [sessions.find(token) for token in tokens]
    assert [session.account.login for session in found if session] == ["one", "one", "two"]
    assert sessions.find(new_token()) is None
    with database.writing() as connection:
        assert len(sessions.lasting(connection, 1)) == 2
        sessions.end_all(connection, 1, but=sessions.index(tokens[1]))
    assert [sessions.find(token) is None for token in tokens] == [True, False, False]
    with database.writing() as connection:
        sessions.end(connection, sessions.index(tokens[2]))
    assert sessions.find(tokens[2]) is None
