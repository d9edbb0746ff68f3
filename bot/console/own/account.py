"""One's own password, language and sessions."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.accounts import Accounts
from bot.console.credentials import Credentials, Outcome
from bot.console.entrance.login import address_of, typed
from bot.console.house import House
from bot.console.new_password import keep_new_password, problem_with_new
from bot.console.pages import page
from bot.console.renewal import renewed_session
from bot.console.sessions import Sessions


class OwnAccount:
    """The page of one's own account."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)
        self._sessions = Sessions(house.settings, house.database)
        self._credentials = Credentials(house.database, house.audit)

    @needs(Permission.OWN)
    def show(self, request: Request) -> Response:
        """The page; `done` in the address names what was just done."""
        return self._page(request)

    @needs(Permission.OWN)
    def change_password(self, request: Request) -> Response:
        """Takes a new password from who gives the present one. Other sessions end, and this one
        gets a new token."""
        account = request.state.account
        outcome, member = self._credentials.check_password(
            account.login, typed(request, "present"), address_of(request)
        )
        if member is None:
            return self._page(request, outcome.value)
        problem = problem_with_new(member, typed(request, "new"), typed(request, "again"))
        if problem:
            return self._page(request, problem)
        token = keep_new_password(self._house, account.id, typed(request, "new"))
        return renewed_session(request, "/account?done=password", token)

    @needs(Permission.OWN)
    def change_language(self, request: Request) -> Response:
        """Sets the language of the pages."""
        with self._house.database.writing() as connection:
            language = typed(request, "language")
            self._accounts.set_language(connection, request.state.account.id, language)
        return go(request, "/account?done=language")

    @needs(Permission.OWN)
    def end_other_sessions(self, request: Request) -> Response:
        """Logs out everywhere but here."""
        account = request.state.account
        with self._house.database.writing() as connection:
            self._sessions.end_all(connection, account.id, but=request.state.session.index)
            self._house.audit.record(
                connection, account.id, "sessions_ended", f"account/{account.id}"
            )
        return go(request, "/account?done=sessions")

    def _page(self, request: Request, problem: str = "") -> Response:
        with self._house.database.reading() as connection:
            sessions = self._sessions.lasting(connection, request.state.account.id)
        context = {
            "problem_name": problem,
            "done": request.query_params.get("done", ""),
            "sessions": sessions,
            "this_session": request.state.session.index,
            "has_second_step": request.state.session.has_second_step,
            "must_have": self._house.settings.console.second_step == "required",
        }
        status = 429 if problem == Outcome.THROTTLED.value else 422 if problem else 200
        return page(request, "own/account.html", context, status)
