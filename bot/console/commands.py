"""What the command line does with accounts, as the system: whoever has the database's keys."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection

from bot.console.access import ROLES
from bot.console.accounts import ACTIVE, BLOCKED, Accounts, Member
from bot.console.audit import Audit
from bot.console.passwords import hash_password, new_password
from bot.console.sessions import Sessions
from bot.settings import Settings
from bot.storage.database import Database

FIRST_LOGIN = "admin"
FIRST_NAME = "admin"


class AccountCommands:
    """Each deed is in the audit log, by nobody in particular."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._accounts = Accounts(database)
        self._audit = Audit(database)
        self._sessions = Sessions(settings, database)

    def make_first(self) -> str | None:
        """The password of a first administrator, `admin`; None where there are accounts."""
        if self._accounts.all():
            return None
        return self.make(FIRST_LOGIN, FIRST_NAME, ROLES[-1])

    def make(self, login: str, name: str, role: str, language: str = "es") -> str:
        """Makes an account and gives its first password. Raises AccountError."""
        password = new_password()
        kept = hash_password(password)
        with self._database.writing() as connection:
            made = self._accounts.make(connection, login, name, role, kept, language)
            self._record(connection, "account_made", made, {"role": role})
        return password

    def reset_password(self, login: str, *, without_second_step: bool = False) -> str:
        """Gives a new first password, removes the second step where that is asked for, and ends
        the account's sessions. Raises LookupError."""
        password = new_password()
        kept = hash_password(password)

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_password(connection, member.id, kept, for_now=True)
            if without_second_step and member.has_second_step:
                self._accounts.set_second_step(connection, member.id, None)
                self._record(connection, "second_step_removed", member.id)
            self._record(connection, "password_reset", member.id)

        self._change(login, change)
        return password

    def block(self, login: str) -> None:
        """Blocks. Raises LookupError, and AccountError for the last administrator."""

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_state(connection, member.id, BLOCKED)
            self._record(connection, "account_blocked", member.id)

        self._change(login, change)

    def free(self, login: str) -> None:
        """Unblocks. Raises LookupError."""

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_state(connection, member.id, ACTIVE)
            self._record(connection, "account_freed", member.id)

        self._change(login, change)

    def _change(self, login: str, change: Callable[[Connection, Member], None]) -> None:
        with self._database.writing() as connection:
            member = self._accounts.find_login(connection, login)
            if member is None:
                raise LookupError(f"there is no account {login}")
            self._sessions.end_all(connection, member.id)
            change(connection, member)

    def _record(
        self,
        connection: Connection,
        deed: str,
        account_id: int,
        detail: dict[str, str] | None = None,
    ) -> None:
        self._audit.record(connection, None, deed, f"account/{account_id}", detail)
