"""Routes."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.house import House


def routes(house: House) -> list[Route]:
    """Their routes."""
    return []
