"""The page of the audit log."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, needs
from bot.console.accounts import Accounts
from bot.console.house import House
from bot.console.pages import page
from bot.console.wording import strings_of

ENTRIES_A_PAGE = 50


class AuditPages:
    """Who did what, newest first."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = Accounts(house.database)

    @needs(Permission.MANAGE)
    def show(self, request: Request) -> Response:
        """One page of it; `before` in the address is a number from which to go on."""
        before = request.query_params.get("before", "")
        below = int(before) if before.isdecimal() and len(before) < 16 else None
        entries = self._house.audit.newest(below, ENTRIES_A_PAGE)
        context = {
            "entries": entries,
            "deeds": strings_of("deeds")[request.state.language],
            "names": self._accounts.names(),
            "older": entries[-1].number if entries and entries[-1].number > 1 else None,
            "is_newest": below is None,
        }
        return page(request, "administration/audit.html", context)
