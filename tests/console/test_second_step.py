"""The second step: set up, asked for, good once, taken back by an administrator."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from bot.console.accounts import Accounts
from bot.console.audit import Audit
from bot.console.credentials import Credentials, Outcome
from bot.console.second_step import step_of
from bot.console.throttle import MOST_BY_ACCOUNT
from bot.storage.console_tables import accounts
from bot.storage.database import Database
from tests.console.running import Client, RunningConsole

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B
LETTERS = re.compile(r'class="letters">([A-Z2-7 ]+)<')
OFFER = re.compile(r'name="offer" value="([^"]+)"')


@pytest.fixture(autouse=True)
def nobody_failed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test counts from zero."""
    yield
    if "console" in request.fixturenames:
        request.getfixturevalue("console").forget_failures()


def code(secret: str = SECRET, steps: int = 0) -> str:
    """The code of now, or of so many steps later."""
    return str(pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps))


@pytest.mark.parametrize(
    ("at", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_of_the_standard(at: int, expected: str) -> None:
    """RFC 6238, appendix B; the last six of its eight digits."""
    assert step_of(SECRET, expected, lambda: at) == at // 30
    assert step_of(SECRET, f" {expected[:3]} {expected[3:]} ", lambda: at) == at // 30


@pytest.mark.parametrize(("off", "right"), [(-60, False), (-30, True), (0, True), (30, True),
                                            (60, False)])  # fmt: skip
def test_a_clock_may_be_half_a_minute_off(off: int, right: bool) -> None:
    assert (step_of(SECRET, "050471", lambda: 1111111111 + off) is not None) is right


@pytest.mark.parametrize("typed", ["", "05047", "0504711", "o50471", "٠٥٠٤٧١", "-50471", "05047\n"])
def test_what_is_no_code(typed: str) -> None:
    assert step_of(SECRET, typed, lambda: 1111111111) is None


def with_second_step(console: RunningConsole, login: str) -> Client:
    """Somebody who has given the password and not yet the code."""
    account = console.make_account(login, "agent")
    console.give_second_step(account, SECRET)
    client = console.client()
    client.get("/login")
    data = {"login": login, "password": console.password, "next": "/account?x=1"}
    assert client.post("/login", data=data).headers["location"] == "/account?x=1"
    client.find_token()
    return client


def test_the_password_alone_opens_nothing(console: RunningConsole) -> None:
    client = with_second_step(console, "half-in")
    for path in ("/", "/account", "/accounts", "/prove", "/login/password", "/account/second-step"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login/code")
    for path in ("/account/password", "/account/second-step/remove", "/login/second-step"):
        answer = client.post(path)
        assert answer.headers["location"].startswith("/login/code")


def test_the_code_opens_and_renews_the_session(console: RunningConsole) -> None:
    client = with_second_step(console, "coming-in")
    before = client.cookies.copy()
    page = client.get("/login/code?next=/account")
    assert 'name="next" value="/account"' in page.text
    answer = client.post("/login/code", data={"code": code(), "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert client.get("/account").status_code == 200
    thief = console.client()
    thief.cookies = before
    assert thief.get("/account").status_code == 303


def test_no_code_is_good_twice(console: RunningConsole) -> None:
    before, used, after = (code(steps=steps) for steps in (-1, 0, 1))
    first = with_second_step(console, "twice")
    assert first.post("/login/code", data={"code": used}).status_code == 303
    again = console.client("twice")
    answer = again.post("/login/code", data={"code": used})
    assert answer.status_code == 422
    # nor one from before it
    assert again.post("/login/code", data={"code": before}).status_code == 422
    assert again.post("/login/code", data={"code": after}).status_code == 303


def test_guessing_codes(console: RunningConsole) -> None:
    client = with_second_step(console, "guessing")
    wrong = "000000" if code() != "000000" else "000001"
    found = [
        client.post("/login/code", data={"code": wrong}).status_code
        for _ in range(MOST_BY_ACCOUNT + 2)
    ]
    assert found == [422] * MOST_BY_ACCOUNT + [429] * 2
    assert client.post("/login/code", data={"code": code()}).status_code == 429
    # a new login with the right password does not start it anew
    again = console.client("guessing")
    assert again.post("/login/code", data={"code": code()}).status_code == 429


def test_at_once_a_code_is_good_for_one(database: Database) -> None:
    row = {"login": "x", "name": "x", "role": "agent", "password_hash": "-", "created_at": 0.0}
    with database.writing() as connection:
        connection.execute(accounts.insert().values(**row))
        Accounts(database).set_second_step(connection, 1, SECRET)
    credentials = Credentials(database, Audit(database), lambda: 1111111111)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: credentials.check_code(1, "050471")[0], range(6)))
    assert found.count(Outcome.RIGHT) == 1


def test_setting_it_up(console: RunningConsole) -> None:
    console.make_account("setting-up", "agent")
    client, elsewhere = console.client("setting-up"), console.client("setting-up")
    page = client.get("/account/second-step")
    secret = LETTERS.search(page.text)[1].replace(" ", "")
    offer = OFFER.search(page.text)[1]
    wrong = client.post("/account/second-step", data={"offer": offer, "code": "12345"})
    assert wrong.status_code == 422
    assert LETTERS.search(wrong.text)[1].replace(" ", "") == secret, "the phone has it already"
    # nothing is asked for before a code showed that the phone has it
    assert console.client("setting-up").get("/account").status_code == 200
    used, after = code(secret), code(secret, 1)
    right = client.post("/account/second-step", data={"offer": offer, "code": used})
    assert right.headers["location"] == "/account?done=second_step"
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    again = console.client("setting-up")
    assert again.get("/account").headers["location"].startswith("/login/code")
    assert again.post("/login/code", data={"code": used}).status_code == 422
    assert again.post("/login/code", data={"code": after}).status_code == 303


def test_an_offer_is_good_in_its_session_alone(console: RunningConsole) -> None:
    """Else somebody could have another take a secret that they know."""
    console.make_account("offered", "agent")
    one, other = console.client("offered"), console.client("agent")
    page = other.get("/account/second-step")
    offer, secret = OFFER.search(page.text)[1], LETTERS.search(page.text)[1].replace(" ", "")
    for given in (offer, "nonsense", "", "é"):
        answer = one.post("/account/second-step", data={"offer": given, "code": code(secret)})
        assert answer.status_code == 422
    assert console.client("offered").get("/account").status_code == 200


def test_with_a_second_step_its_code_proves_who_it_is(console: RunningConsole) -> None:
    client = with_second_step(console, "proving")
    client.post("/login/code", data={"code": code(steps=-1)})
    client.find_token()
    console.age_sessions("proving", proved_at=3600)
    assert client.get("/account/second-step").status_code == 303
    answer = client.post("/prove", data={"password": console.password})
    assert answer.status_code == 422
    answer = client.post("/prove", data={"code": code(), "next": "/account/second-step"})
    assert answer.headers["location"] == "/account/second-step"
    assert client.get("/account/second-step").status_code == 200
    assert client.post("/account/second-step/remove").status_code == 303
    assert console.client("proving").get("/account").status_code == 200


def test_an_administrator_helps_who_lost_the_phone(console: RunningConsole) -> None:
    client = with_second_step(console, "lost")
    client.post("/login/code", data={"code": code()})
    account = console.database
    with account.reading() as connection:
        found = Accounts(account).find_login(connection, "lost")
    assert found is not None
    administrator = console.client("administrator")
    answer = administrator.post(f"/accounts/{found.id}/second-step/remove")
    assert answer.headers["location"] == f"/accounts/{found.id}?done=second_step"
    assert client.get("/account").status_code == 303, "who found the phone is out"
    assert console.client("lost").get("/account").status_code == 200
