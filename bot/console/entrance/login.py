"""Login, second step, logout."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, Stage, anybody, at_stage, go, needs, safe_next
from bot.console.accounts import Member
from bot.console.cookies import cookie_name, set_cookie
from bot.console.credentials import Credentials, Outcome
from bot.console.house import House
from bot.console.pages import page
from bot.console.sessions import Sessions

STATUS = {Outcome.WRONG: 422, Outcome.THROTTLED: 429}


class Login:
    """The way in and the way out."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._sessions = Sessions(house.settings, house.database)
        self._credentials = Credentials(house.database, house.audit)

    @needs(Permission.OWN)
    def home(self, request: Request) -> Response:
        """The first tab that the account has."""
        tabs = [tab for tab in request.state.tabs if request.state.account.may(tab.permission)]
        return go(request, tabs[0].path if tabs else "/account")

    @anybody
    def show(self, request: Request) -> Response:
        """The login page; who is in goes on."""
        if request.state.stage is not Stage.OUT:
            return go(request, next_of(request))
        return _login_page(request)

    @anybody
    def enter(self, request: Request) -> Response:
        """Checks login and password."""
        login, password = typed(request, "login"), typed(request, "password")
        outcome, member = self._credentials.check_password(login, password, address_of(request))
        if member is None:
            return _login_page(request, login, outcome)
        return self._begin(request, member, complete=not member.has_second_step)

    @at_stage(Stage.CODE)
    def show_code(self, request: Request) -> Response:
        """The page of the second step."""
        return _code_page(request)

    @at_stage(Stage.CODE)
    def enter_code(self, request: Request) -> Response:
        """Checks the code."""
        account_id = request.state.session.account.id
        outcome, member = self._credentials.check_code(account_id, typed(request, "code"))
        if member is None:
            return _code_page(request, outcome)
        return self._begin(request, member, complete=True)

    @at_stage(*set(Stage) - {Stage.OUT})
    def leave(self, request: Request) -> Response:
        """Ends this session."""
        session = request.state.session
        with self._house.database.writing() as connection:
            self._sessions.end(connection, session.index)
            self._record(connection, session.account.id, "logout")
        answer = go(request, "/login")
        answer.delete_cookie(cookie_name(self._house.settings.console), path="/")
        return answer

    def _begin(self, request: Request, member: Member, *, complete: bool) -> Response:
        """A new session in place of the one that there was: a token from before the login or the
        second step opens nothing."""
        with self._house.database.writing() as connection:
            if request.state.session is not None:
                self._sessions.end(connection, request.state.session.index)
            token = self._sessions.open(connection, member.id, complete=complete)
            self._record(connection, member.id, "login" if complete else "login_password")
        answer = go(request, next_of(request))
        set_cookie(answer, self._house.settings.console, token)
        return answer

    def _record(self, connection: object, account_id: int, deed: str) -> None:
        self._house.audit.record(connection, account_id, deed, f"account/{account_id}")


def typed(request: Request, name: str) -> str:
    """A field of the form; empty where it is missing or a file."""
    value = request.state.form.get(name, "")
    return value if isinstance(value, str) else ""


def next_of(request: Request) -> str:
    """The page that was wanted before the login."""
    return safe_next(typed(request, "next") or request.query_params.get("next", "/"))


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


def _login_page(request: Request, login: str = "", outcome: Outcome | None = None) -> Response:
    context = {"login": login[:64], "next": next_of(request), "problem_name": _text(outcome)}
    return page(request, "entrance/login.html", context, _status(outcome))


def _code_page(request: Request, outcome: Outcome | None = None) -> Response:
    context = {"next": next_of(request), "problem_name": _text(outcome)}
    return page(request, "entrance/code.html", context, _status(outcome))


def _text(outcome: Outcome | None) -> str:
    return "" if outcome is None else outcome.value


def _status(outcome: Outcome | None) -> int:
    return 200 if outcome is None else STATUS[outcome]
