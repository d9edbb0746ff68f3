"""What administrators do with accounts. Each deed asks who it is first, and is logged."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.accounts import ACTIVE, BLOCKED, AccountError, Accounts, Member
from bot.console.administration.accounts import (
    AccountPages,
    account_page,
    new_account_page,
    password_page,
)
from bot.console.entrance.login import typed
from bot.console.house import House
from bot.console.passwords import hash_password, new_password
from bot.console.sessions import Sessions


class AccountDeeds:
    """Makes and changes accounts."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pages = AccountPages(house)
        self._accounts = Accounts(house.database)
        self._sessions = Sessions(house.settings, house.database)

    @needs(Permission.MANAGE, proven=True)
    def make(self, request: Request) -> Response:
        """Makes an account and shows its first password, once."""
        given = {name: typed(request, name) for name in ("login", "name", "role", "language")}
        password = new_password()
        kept = hash_password(password)
        try:
            with self._house.database.writing() as connection:
                made = self._accounts.make(connection, password_hash=kept, **given)
                self._record(connection, request, "account_made", made, {"role": given["role"]})
                member = self._accounts.get(connection, made)
        except AccountError as error:
            return new_account_page(request, error.kind, given)
        return password_page(request, member, password)

    @needs(Permission.MANAGE, proven=True)
    def change_role(self, request: Request) -> Response:
        """Gives another role."""
        role = typed(request, "role")

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_role(connection, member.id, role)
            detail = {"from": member.role, "to": role}
            self._record(connection, request, "role_changed", member.id, detail)

        return self._do(request, "role", change)

    @needs(Permission.MANAGE, proven=True)
    def block(self, request: Request) -> Response:
        """Blocks the account and ends its sessions."""

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_state(connection, member.id, BLOCKED)
            self._sessions.end_all(connection, member.id)
            self._record(connection, request, "account_blocked", member.id)

        return self._do(request, "block", change)

    @needs(Permission.MANAGE, proven=True)
    def free(self, request: Request) -> Response:
        """Lets a blocked account in again."""

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_state(connection, member.id, ACTIVE)
            self._record(connection, request, "account_freed", member.id)

        return self._do(request, "free", change)

    @needs(Permission.MANAGE, proven=True)
    def reset_password(self, request: Request) -> Response:
        """Makes a new password, shown once; the account's sessions end."""
        member, password = self._pages.member(request), new_password()
        kept = hash_password(password)
        with self._house.database.writing() as connection:
            self._accounts.set_password(connection, member.id, kept, for_now=True)
            self._sessions.end_all(connection, member.id)
            self._record(connection, request, "password_reset", member.id)
        return password_page(request, member, password)

    @needs(Permission.MANAGE, proven=True)
    def remove_second_step(self, request: Request) -> Response:
        """For who lost the phone; the account's sessions end."""

        def change(connection: Connection, member: Member) -> None:
            self._accounts.set_second_step(connection, member.id, None)
            self._sessions.end_all(connection, member.id)
            self._record(connection, request, "second_step_removed", member.id)

        return self._do(request, "second_step", change)

    @needs(Permission.MANAGE, proven=True)
    def end_sessions(self, request: Request) -> Response:
        """Logs the account out everywhere."""

        def change(connection: Connection, member: Member) -> None:
            self._sessions.end_all(connection, member.id)
            self._record(connection, request, "sessions_ended", member.id)

        return self._do(request, "sessions", change)

    def _do(
        self, request: Request, done: str, change: Callable[[Connection, Member], None]
    ) -> Response:
        """Changes the account of the address, whole or not at all."""
        member = self._pages.member(request)
        try:
            with self._house.database.writing() as connection:
                change(connection, member)
        except AccountError as error:
            return account_page(request, member, problem=error.kind)
        return go(request, f"/accounts/{member.id}?done={done}")

    def _record(
        self,
        connection: Connection,
        request: Request,
        deed: str,
        account_id: int,
        detail: dict[str, str] | None = None,
    ) -> None:
        doer = request.state.account.id
        self._house.audit.record(connection, doer, deed, f"account/{account_id}", detail)
