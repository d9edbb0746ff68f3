"""What is asked for before anything else: a password of one's own, and where it is required a
second step."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Stage, at_stage
from bot.console.accounts import Accounts
from bot.console.entrance.login import next_of, typed
from bot.console.house import House
from bot.console.new_password import keep_new_password, problem_with_new
from bot.console.pages import page
from bot.console.renewal import renewed_session
from bot.console.second_step_setup import SecondStepSetup


class FirstTime:
    """The pages of the first login."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)
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
            member = self._accounts.get(connection, account.id)
        problem = problem_with_new(member, typed(request, "new"), typed(request, "again"))
        if problem:
            return _password_page(request, problem)
        token = keep_new_password(self._house, account.id, typed(request, "new"))
        return renewed_session(request, next_of(request), token)

    @at_stage(Stage.SET_UP)
    def show_second_step(self, request: Request) -> Response:
        """The page on which the second step is set up."""
        return self._second_step_page(request)

    @at_stage(Stage.SET_UP)
    def set_second_step(self, request: Request) -> Response:
        """Takes the first code; the session is a new one from here."""
        secret = self._setup.offered(request, typed(request, "offer"))
        if secret is None:
            return self._second_step_page(request, "offer_expired")
        token = self._setup.take(request, secret, typed(request, "code"))
        if token is None:
            return self._second_step_page(request, "wrong", secret)
        return renewed_session(request, next_of(request), token)

    def _second_step_page(
        self, request: Request, problem: str = "", secret: str | None = None
    ) -> Response:
        offer = self._setup.offer(request, secret)
        context = {**offer, "problem_name": problem, "next": next_of(request)}
        return page(request, "entrance/second_step.html", context, 422 if problem else 200)


def _password_page(request: Request, problem: str = "") -> Response:
    context = {"problem_name": problem, "next": next_of(request)}
    return page(request, "entrance/password.html", context, 422 if problem else 200)
