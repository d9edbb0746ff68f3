"""Asks for the password or the code again before a delicate deed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.credentials import Credentials, Outcome
from bot.console.entrance.login import STATUS, address_of, next_of, typed
from bot.console.house import House
from bot.console.pages import page
from bot.console.sessions import Sessions


class Proving:
    """With a second step its code is asked for, else the password."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._sessions = Sessions(house.settings, house.database)
        self._credentials = Credentials(house.database, house.audit)

    @needs(Permission.OWN)
    def show(self, request: Request) -> Response:
        """The question."""
        return _question(request)

    @needs(Permission.OWN)
    def prove(self, request: Request) -> Response:
        """Checks the answer and goes back to where it was asked for."""
        session = request.state.session
        if session.has_second_step:
            code = typed(request, "code")
            outcome, member = self._credentials.check_code(session.account.id, code)
        else:
            outcome, member = self._credentials.check_password(
                session.account.login, typed(request, "password"), address_of(request)
            )
        if member is None:
            return _question(request, outcome)
        with self._house.database.writing() as connection:
            self._sessions.prove(connection, session.index)
        return go(request, next_of(request))


def _question(request: Request, outcome: Outcome | None = None) -> Response:
    context = {
        "next": next_of(request),
        "by_code": request.state.session.has_second_step,
        "problem_name": outcome.value if outcome else "",
    }
    status = STATUS[outcome] if outcome else 200
    return page(request, "entrance/prove.html", context, status)
