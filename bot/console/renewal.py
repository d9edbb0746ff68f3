"""After a change of what one logs in with, all sessions end and this browser gets a new one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import go
from bot.console.cookies import set_cookie
from bot.console.house import House
from bot.console.sessions import Sessions


def renew(house: House, account_id: int, deed: str, change: Callable[[Connection], None]) -> str:
    """Makes an account's own change, logs it, ends its sessions and gives the token of a new
    one."""
    sessions = Sessions(house.settings, house.database)
    with house.database.writing() as connection:
        change(connection)
        sessions.end_all(connection, account_id)
        token = sessions.open(connection, account_id, complete=True)
        house.audit.record(connection, account_id, deed, f"account/{account_id}")
    return token


def renewed_session(request: Request, address: str, token: str) -> Response:
    """Goes on to an address with the token of a new session."""
    answer = go(request, address)
    set_cookie(answer, request.state.house.settings.console, token)
    return answer
