"""The accounts of those who work with the console."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from bot.console.access import ROLES
from bot.console.wording import LANGUAGES
from bot.storage.console_tables import accounts
from bot.storage.database import Database

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
LONGEST_NAME = 64
ACTIVE, BLOCKED = "active", "blocked"


class AccountError(Exception):
    """An account cannot be made or changed so. `kind` says why: bad_login, bad_name, bad_role,
    login_taken, last_administrator."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Member:
    """An account as administration sees it. Times are seconds since 1970."""

    id: int
    login: str
    name: str
    role: str
    language: str
    state: str
    must_change_password: bool
    has_second_step: bool
    created_at: float
    seen_at: float | None
    password_hash: str = field(repr=False)
    totp_secret: str | None = field(repr=False)

    @property
    def is_active(self) -> bool:
        """Whether it can be used."""
        return self.state == ACTIVE


class Accounts:
    """Reads and changes accounts, in the caller's transaction where one is given. Passwords are
    hashed before it: that takes long, and a transaction that writes keeps others waiting."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, connection: Connection, account_id: int) -> Member | None:
        """The account with an id."""
        return self._one(connection, accounts.c.id == account_id)

    def get(self, connection: Connection, account_id: int) -> Member:
        """The account with an id that is known to exist. Raises LookupError."""
        member = self.find(connection, account_id)
        if member is None:
            raise LookupError("no such account")
        return member

    def find_login(self, connection: Connection, login: str) -> Member | None:
        """The account with a login, however it is written."""
        return self._one(connection, accounts.c.login == normal_login(login))

    def all(self) -> list[Member]:
        """All of them, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.name, accounts.c.id))
            return [self._member(row) for row in rows]

    def names(self) -> dict[int, str]:
        """The names by id, for what was done by whom."""
        return {member.id: member.name for member in self.all()}

    def make(
        self,
        connection: Connection,
        login: str,
        name: str,
        role: str,
        password_hash: str,
        language: str = LANGUAGES[0],
    ) -> int:
        """Makes an account whose first login asks for a new password, and gives its id.

        Raises AccountError.
        """
        login, name = normal_login(login), " ".join(name.split())
        check_role(role)
        if not LOGIN.fullmatch(login):
            raise AccountError("bad_login")
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise AccountError("bad_name")
        if self.find_login(connection, login) is not None:
            raise AccountError("login_taken")
        row = {
            "login": login,
            "name": name,
            "role": role,
            "password_hash": password_hash,
            "must_change_password": 1,
            "language": language if language in LANGUAGES else LANGUAGES[0],
            "created_at": self._database.now(connection),
        }
        try:
            return int(connection.execute(accounts.insert().values(row)).inserted_primary_key[0])
        except IntegrityError as error:  # made by somebody else in between
            raise AccountError("login_taken") from error

    def set_password(
        self, connection: Connection, account_id: int, password_hash: str, *, for_now: bool
    ) -> None:
        """Sets the password; one `for_now` must be changed at the next login."""
        must_change = int(for_now)
        _change(
            connection, account_id, password_hash=password_hash, must_change_password=must_change
        )

    def keep_hash(self, connection: Connection, account_id: int, kept: str) -> None:
        """The same password, hashed anew."""
        _change(connection, account_id, password_hash=kept)

    def set_second_step(
        self, connection: Connection, account_id: int, secret: str | None, used: int = 0
    ) -> None:
        """Sets the second step's secret, whose step `used` was just taken; None removes it."""
        sealed = None if secret is None else self._database.cipher.seal(secret)
        _change(connection, account_id, totp_sealed=sealed, totp_used=used)

    def use_step(self, connection: Connection, account_id: int, step: int) -> bool:
        """Marks a time step as used; false where it or a later one was used already."""
        fresh = (accounts.c.id == account_id) & (accounts.c.totp_used < step)
        return bool(
            connection.execute(update(accounts).where(fresh).values(totp_used=step)).rowcount
        )

    def set_language(self, connection: Connection, account_id: int, language: str) -> None:
        """Sets the language of the pages."""
        if language in LANGUAGES:
            _change(connection, account_id, language=language)

    def set_role(self, connection: Connection, account_id: int, role: str) -> None:
        """Gives another role. Raises AccountError, also for the last administrator's."""
        check_role(role)
        _change(connection, account_id, role=role)
        _keep_an_administrator(connection)

    def set_state(self, connection: Connection, account_id: int, state: str) -> None:
        """Blocks or frees. Raises AccountError for the last administrator."""
        _change(connection, account_id, state=state)
        _keep_an_administrator(connection)

    def _one(self, connection: Connection, which: Any) -> Member | None:
        row = connection.execute(select(accounts).where(which)).one_or_none()
        return None if row is None else self._member(row)

    def _member(self, row: Row) -> Member:
        sealed = row.totp_sealed
        return Member(
            id=row.id,
            login=row.login,
            name=row.name,
            role=row.role,
            language=row.language,
            state=row.state,
            must_change_password=bool(row.must_change_password),
            has_second_step=sealed is not None,
            created_at=row.created_at,
            seen_at=row.seen_at,
            password_hash=row.password_hash,
            totp_secret=None if sealed is None else self._database.cipher.open(sealed),
        )


def normal_login(login: str) -> str:
    """A login as it is kept."""
    return login.strip().casefold()


def check_role(role: str) -> None:
    """Raises AccountError where there is no such role."""
    if role not in ROLES:
        raise AccountError("bad_role")


def _change(connection: Connection, account_id: int, **values: object) -> None:
    connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def _keep_an_administrator(connection: Connection) -> None:
    """Raises AccountError where nobody is left who can make accounts."""
    able = (accounts.c.role == ROLES[-1]) & (accounts.c.state == ACTIVE)
    # Locked in a fixed order: two administrators must not demote each other at once.
    left = connection.execute(
        select(accounts.c.id).where(able).order_by(accounts.c.id).with_for_update()
    ).all()
    if not left:
        raise AccountError("last_administrator")
