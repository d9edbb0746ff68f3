"""Pages that show accounts."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import ROLES, Permission, needs
from bot.console.accounts import Accounts, Member
from bot.console.house import House
from bot.console.pages import page
from bot.console.sessions import Sessions


class AccountPages:
    """All accounts, one account, the form of a new one."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)
        self._sessions = Sessions(house.settings, house.database)

    @needs(Permission.MANAGE)
    def all(self, request: Request) -> Response:
        """The list."""
        return page(request, "administration/accounts.html", {"members": self._accounts.all()})

    @needs(Permission.MANAGE, proven=True)
    def new(self, request: Request) -> Response:
        """The form."""
        return new_account_page(request)

    @needs(Permission.MANAGE, proven=True)
    def one(self, request: Request) -> Response:
        """One account; `done` in the address names what was just done."""
        member = self.member(request)
        with self._house.database.reading() as connection:
            sessions = self._sessions.lasting(connection, member.id)
        return account_page(request, member, len(sessions))

    def member(self, request: Request) -> Member:
        """The account in the address; 404 where there is none."""
        with self._house.database.reading() as connection:
            member = self._accounts.find(connection, request.path_params["account_id"])
        if member is None:
            raise HTTPException(404)
        return member


def new_account_page(
    request: Request, problem: str = "", given: dict[str, str] | None = None
) -> Response:
    """The form of a new account, with what was typed."""
    context = {"problem_name": problem, "given": given or {}, "roles": ROLES}
    return page(request, "administration/new.html", context, 422 if problem else 200)


def account_page(
    request: Request, member: Member, sessions: int = 0, problem: str = ""
) -> Response:
    """One account and what can be done with it."""
    context = {
        "member": member,
        "sessions": sessions,
        "roles": ROLES,
        "problem_name": problem,
        "done": request.query_params.get("done", ""),
    }
    return page(request, "administration/account.html", context, 422 if problem else 200)


def password_page(request: Request, member: Member, password: str) -> Response:
    """Shows a password that was just made. No other page shows it again."""
    context = {"member": member, "password": password}
    return page(request, "administration/password.html", context)
