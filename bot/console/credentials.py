"""Checks passwords and codes. Every try is counted first; what cannot be counted is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from bot.console.accounts import Accounts, Member, normal_login
from bot.console.audit import Audit
from bot.console.passwords import fits, hash_password, is_outdated
from bot.console.second_step import step_of
from bot.console.throttle import MOST_BY_ACCOUNT, MOST_BY_ADDRESS, Throttle
from bot.storage.database import Database

# Who typed no login is nobody, and still takes as long.
LONGEST_TYPED = 1000


class Outcome(Enum):
    """How a try went. The value is the name of the text that says so."""

    RIGHT = "right"
    WRONG = "wrong"
    THROTTLED = "throttled"


class Credentials:
    """The tries of all accounts."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._accounts = Accounts(database)
        self._throttle = Throttle(database)

    def check_password(
        self, login: str, password: str, address: str
    ) -> tuple[Outcome, Member | None]:
        """The account if the password is right. An account that is blocked or does not exist
        looks and lasts like a wrong password."""
        login, password = normal_login(login)[:LONGEST_TYPED], password[:LONGEST_TYPED]
        by_account, by_address = f"account:{login}", f"address:{address}"
        if not self._throttle.admit({by_account: MOST_BY_ACCOUNT, by_address: MOST_BY_ADDRESS}):
            return Outcome.THROTTLED, None
        with self._database.reading() as connection:
            member = self._accounts.find_login(connection, login)
        right = fits(member.password_hash if member else None, password)
        if member is None or not right or not member.is_active:
            self._note_failure("login_failed", member)
            return Outcome.WRONG, None
        # Hashed before the transaction: it takes long.
        renewed = hash_password(password) if is_outdated(member.password_hash) else None
        with self._database.writing() as connection:
            self._throttle.forgive(connection, by_account)
            self._throttle.forgive_last(connection, by_address)
            if renewed is not None:
                self._accounts.keep_hash(connection, member.id, renewed)
        return Outcome.RIGHT, member

    def check_code(self, account_id: int, code: str) -> tuple[Outcome, Member | None]:
        """The account if the code of its second step is right and was not used yet."""
        subject = f"code:{account_id}"
        if not self._throttle.admit({subject: MOST_BY_ACCOUNT}):
            return Outcome.THROTTLED, None
        with self._database.writing() as connection:
            member = self._accounts.find(connection, account_id)
            secret = member.totp_secret if member else None
            step = step_of(secret, code, self._clock) if secret else None
            if step is not None and self._accounts.use_step(connection, account_id, step):
                self._throttle.forgive(connection, subject)
                return Outcome.RIGHT, member
        self._note_failure("code_failed", member)
        return Outcome.WRONG, None

    def _note_failure(self, deed: str, member: Member | None) -> None:
        with self._database.writing() as connection:
            self._audit.record(connection, None, deed, f"account/{member.id if member else 0}")
