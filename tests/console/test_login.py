"""Logging in: guessing is slow, tells nothing, and is refused where it cannot be counted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from bot.console.audit import Audit
from bot.console.credentials import Credentials, Outcome
from bot.console.passwords import (
    LANES,
    MEMORY_COST,
    TIME_COST,
    fits,
    hash_password,
    is_outdated,
    new_password,
    problem_with,
)
from bot.console.throttle import MOST_BY_ACCOUNT, MOST_BY_ADDRESS, WINDOW_SECONDS, Throttle
from bot.storage.console_tables import accounts, audit, login_failures
from bot.storage.database import Database
from tests.console.running import RunningConsole


@pytest.fixture(autouse=True)
def nobody_failed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test counts from zero."""
    yield
    if "console" in request.fixturenames:
        request.getfixturevalue("console").forget_failures()


def test_what_is_wrong_is_not_told(console: RunningConsole) -> None:
    """No such account, a blocked one, a wrong password: the same words, the same status."""
    blocked = console.make_account("blocked", "agent")
    administrator = console.client("administrator")
    administrator.post(f"/accounts/{blocked}/block")
    answers = []
    tries = [("agent", "wrong"), ("nobody", "wrong"), ("blocked", console.password)]
    for login, password in tries:
        client = console.client()
        client.get("/login")
        data = {"login": login, "password": password}
        answer = client.post("/login", data=data)
        answers.append(
            (
                answer.status_code,
                answer.text.replace(client.csrf, "").replace(f'value="{login}"', ""),
            )
        )
    assert len(set(answers)) == 1
    assert answers[0][0] == 422
    assert console.member(blocked).seen_at is None


def test_an_unknown_login_is_checked_as_long_as_a_known_one(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash of the same cost each."""
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        checked.append(kept.rsplit("$", 2)[0])
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in ("agent", "nobody"):
        assert console.client().login(login, "wrong password").status_code == 422
    assert len(checked) == 2
    assert len(set(checked)) == 1, "the same algorithm with the same parameters"


def test_guessing_one_account(console: RunningConsole) -> None:
    console.make_account("guessed", "agent")
    client = console.client()
    client.get("/login")
    found = [
        client.post("/login", data={"login": login, "password": "wrong"}).status_code
        for login in ["guessed", " GUESSED "] * 6
    ]
    assert found == [422] * MOST_BY_ACCOUNT + [429] * (12 - MOST_BY_ACCOUNT)
    # the right one is not tried either, from anywhere
    right = console.client().login("guessed")
    assert right.status_code == 429
    assert "15 minutos" in right.text
    # others go on
    assert console.client().login("agent").status_code == 303


def test_after_a_quarter_of_an_hour_it_goes_on(console: RunningConsole) -> None:
    for _ in range(MOST_BY_ACCOUNT):
        console.client().login("supervisor", "wrong")
    assert console.client().login("supervisor").status_code == 429
    with console.database.writing() as connection:
        connection.execute(
            update(login_failures).values(at=login_failures.c.at - WINDOW_SECONDS - 1)
        )
    assert console.client().login("supervisor").status_code == 303


def test_a_right_login_forgives_the_account(console: RunningConsole) -> None:
    for _ in range(3):
        for _ in range(MOST_BY_ACCOUNT - 1):
            console.client().login("supervisor", "wrong")
        assert console.client().login("supervisor").status_code == 303


def test_guessing_many_accounts_from_one_address(console: RunningConsole) -> None:
    """One password tried on all of them; a right login in between does not start it anew."""
    client = console.client()
    client.get("/login")
    statuses = []
    for number in range(MOST_BY_ADDRESS + 3):
        data = {"login": f"guess-{number}", "password": "contraseña123"}
        statuses.append(client.post("/login", data=data).status_code)
        if number == 10:
            assert console.client().login("agent").status_code == 303
    assert statuses == [422] * MOST_BY_ADDRESS + [429] * 3
    assert console.client().login("agent").status_code == 429


def test_many_tries_at_once_do_not_get_past(database: Database) -> None:
    throttle = Throttle(database)
    with ThreadPoolExecutor(12) as pool:
        admitted = list(pool.map(lambda _: throttle.admit({"account:x": 5}), range(24)))
    assert sum(admitted) == 5
    with database.reading() as connection:
        assert connection.execute(select(func.count(login_failures.c.id))).scalar_one() == 5


def test_one_limit_reached_counts_on_no_other(database: Database) -> None:
    throttle = Throttle(database)
    assert throttle.admit({"account:x": 1, "address:a": 3})
    for _ in range(5):
        assert not throttle.admit({"account:x": 1, "address:a": 3})
    assert throttle.admit({"account:y": 1, "address:a": 3})
    assert throttle.admit({"account:z": 1, "address:a": 3})
    assert not throttle.admit({"account:w": 1, "address:a": 3})


def test_what_cannot_be_counted_is_refused(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr(Throttle, "admit", away)
    answer = console.client().login("agent")
    assert answer.status_code == 503
    assert "disk" not in answer.text
    assert answer.headers["retry-after"]


def test_failures_hold_no_login_in_clear(console: RunningConsole) -> None:
    console.client().login("somebody.special", "wrong")
    with console.database.reading() as connection:
        subjects = connection.execute(select(login_failures.c.subject)).scalars().all()
    assert len(subjects) == 2
    assert not [subject for subject in subjects if "special" in subject or "127." in subject]


def test_failures_are_in_the_audit_log(console: RunningConsole) -> None:
    console.client().login("agent", "wrong")
    console.client().login("nobody-at-all", "wrong")
    newest = Audit(console.database).newest(count=2)
    assert [(e.account_id, e.deed, e.object) for e in newest] == [
        (None, "login_failed", "account/0"),
        (None, "login_failed", f"account/{console.logins['agent']}"),
    ]


def test_a_password_kept_with_older_parameters_is_hashed_anew(database: Database) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("una frase")
    row = {"login": "old", "name": "old", "role": "agent", "password_hash": weak}
    with database.writing() as connection:
        connection.execute(accounts.insert().values(**row, created_at=0.0))
    credentials = Credentials(database, Audit(database))
    assert credentials.check_password("old", "otra", "a")[0] is Outcome.WRONG
    with database.reading() as connection:
        assert connection.execute(select(accounts.c.password_hash)).scalar_one() == weak
    assert credentials.check_password("OLD ", "una frase", "a")[0] is Outcome.RIGHT
    with database.reading() as connection:
        kept = connection.execute(select(accounts.c.password_hash)).scalar_one()
        assert connection.execute(select(func.count(audit.c.id))).scalar_one() == 1
    assert kept != weak
    assert not is_outdated(kept)
    assert credentials.check_password("old", "una frase", "a")[0] is Outcome.RIGHT


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "too_short"),
        ("corta", "too_short"),
        ("once letras", "too_short"),
        ("doce letras.", None),
        ("a" * 40, "too_common"),
        ("abababababab", "too_common"),
        ("111222333111222", "too_common"),
        ("123456789012", "too_common"),
        ("Contraseña123", "too_common"),
        ("contraseña-1234", "too_common"),
        ("QWERTYUIOP123", "too_common"),
        ("1234-5678-9012", "too_common"),
        ("maria.fernanda", "too_common"),
        ("MARIA-FERNANDA", "too_common"),
        ("seis tacos con salsa verde", None),
        ("todoenminusculas", None),
        ("ñandú y cigüeña en el río", None),
        ("漢字漢字漢字漢字漢字漢字も一つ", None),
        ("0" * 127 + "123", "too_long"),
        (" " * 12, "too_common"),
    ],
)
def test_which_passwords_are_taken(password: str, problem: str | None) -> None:
    assert problem_with(password, "maria.fernanda") == problem


def test_the_same_password_from_every_keyboard() -> None:
    """é as one character or as two."""
    kept = hash_password("caf\u00e9 con leche y pan")
    assert fits(kept, "cafe\u0301 con leche y pan")
    assert not fits(kept, "cafe con leche y pan")


@pytest.mark.parametrize("kept", [None, "", "-", "$argon2id$broken"])
def test_what_was_never_a_hash_fits_nothing(kept: str | None) -> None:
    assert not fits(kept, "")
    assert not fits(kept, kept or "x")


def test_what_a_password_costs_to_guess() -> None:
    """At least what OWASP asks for Argon2id: 46 MiB and one pass, or 19 MiB and two."""
    hasher = PasswordHasher(TIME_COST, MEMORY_COST, LANES)
    assert hasher.type is Type.ID
    assert hasher.memory_cost >= 46 * 1024
    assert hasher.time_cost >= 1


def test_made_passwords_are_long_legible_and_different() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert problem_with(password, "admin") is None
        assert not set(password) & set("0Oo1lI")
