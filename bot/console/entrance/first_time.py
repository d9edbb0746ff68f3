"""What is asked for before anything else: a password of one's own, and where it is required a
second step."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Stage, at_stage, go
from bot.console.accounts import Accounts
from bot.console.cookies import set_cookie
from bot.console.entrance.login import next_of, typed
from bot.console.house import House
from bot.console.new_password import problem_with_new
from bot.console.pages import page
from bot.console.second_step_setup import SecondStepSetup
from bot.console.sessions import Sessions


class FirstTime:
    """The pages of the first login."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)
        self._sessions = Sessions(house.settings, house.database)
        self._setup = SecondStepSetup(house)

    @at_stage(Stage.NEW_PASSWORD)
    def show_password(self, request: Request) -> Response:
        """The page of the new password."""
        return _password_page(request)

    @at_stage(Stage.NEW_PASSWORD)
    def set_password(self, request: Request) -> Response:
        """Takes the new password; all sessions of the old one end."""
        account = request.state.session.account
        with self._house.database.reading() as connection:
            member = self._accounts.find(connection, account.id)
        assert member is not None
        problem = problem_with_new(member, typed(request, "new"), typed(request, "again"))
        if problem:
            return _password_page(request, problem)
        with self._house.database.writing() as connection:
            self._accounts.set_password(
                connection, account.id, typed(request, "new"), for_now=False
            )
            self._sessions.end_all(connection, account.id)
            token = self._sessions.open(connection, account.id, complete=True)
            self._house.audit.record(
                connection, account.id, "password_changed", f"account/{account.id}"
            )
        answer = go(request, next_of(request))
        set_cookie(answer, self._house.settings.console, token)
        return answer

    @at_stage(Stage.SET_UP)
    def show_second_step(self, request: Request) -> Response:
        """The page on which the second step is set up."""
        return self._second_step_page(request)

    @at_stage(Stage.SET_UP)
    def set_second_step(self, request: Request) -> Response:
        """Takes the first code; the session is a new one from here."""
        account = request.state.session.account
        secret = self._setup.offered(request, typed(request, "offer"))
        if secret is None:
            return self._second_step_page(request, "offer_expired")
        with self._house.database.writing() as connection:
            if not self._setup.take(connection, account.id, secret, typed(request, "code")):
                return self._second_step_page(request, "wrong", secret)
            self._sessions.end_all(connection, account.id)
            token = self._sessions.open(connection, account.id, complete=True)
            self._house.audit.record(
                connection, account.id, "second_step_set", f"account/{account.id}"
            )
        answer = go(request, next_of(request))
        set_cookie(answer, self._house.settings.console, token)
        return answer

    def _second_step_page(
        self, request: Request, problem: str = "", secret: str | None = None
    ) -> Response:
        offer = self._setup.offer(request, secret)
        context = {**offer, "problem_name": problem, "next": next_of(request)}
        return page(request, "entrance/second_step.html", context, 422 if problem else 200)


def _password_page(request: Request, problem: str = "") -> Response:
    context = {"problem_name": problem, "next": next_of(request)}
    return page(request, "entrance/password.html", context, 422 if problem else 200)
