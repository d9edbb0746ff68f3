"""The pages of one's own account."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Permission, needs
from bot.console.house import House
from bot.console.pages import page


@needs(Permission.OWN)
def show(request: Request) -> Response:
    """The page."""
    return page(request, "own/account.html")


def routes(house: House) -> list[Route]:
    """Their routes."""
    return [Route("/account", show, methods=["GET"])]
