"""One's own second step: set up, moved to another phone, removed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.accounts import Accounts
from bot.console.entrance.login import next_of, typed
from bot.console.house import House
from bot.console.pages import page
from bot.console.renewal import renewed_session
from bot.console.second_step_setup import SecondStepSetup


class OwnSecondStep:
    """Each deed asks who it is first."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)
        self._setup = SecondStepSetup(house)

    @needs(Permission.OWN, proven=True)
    def show(self, request: Request) -> Response:
        """The page on which it is set up."""
        return self._page(request)

    @needs(Permission.OWN, proven=True)
    def set_up(self, request: Request) -> Response:
        """Takes the first code; other sessions end, and this one gets a new token."""
        secret = self._setup.offered(request, typed(request, "offer"))
        if secret is None:
            return self._page(request, "offer_expired")
        token = self._setup.take(request, secret, typed(request, "code"))
        if token is None:
            return self._page(request, "wrong", secret)
        return renewed_session(request, "/account?done=second_step", token)

    @needs(Permission.OWN, proven=True)
    def remove(self, request: Request) -> Response:
        """Takes it away, where it is not required."""
        if self._house.settings.console.second_step == "required":
            raise HTTPException(403)
        account = request.state.account
        with self._house.database.writing() as connection:
            self._accounts.set_second_step(connection, account.id, None)
            self._house.audit.record(
                connection, account.id, "second_step_removed", f"account/{account.id}"
            )
        return go(request, "/account?done=second_step_removed")

    def _page(self, request: Request, problem: str = "", secret: str | None = None) -> Response:
        offer = self._setup.offer(request, secret)
        context = {**offer, "problem_name": problem, "next": next_of(request)}
        return page(request, "own/second_step.html", context, 422 if problem else 200)
