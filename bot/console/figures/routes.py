"""Routes of the figures."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.figures.pages import FIGURES, FigurePages
from bot.console.house import House


def routes(house: House) -> list[Route]:
    """Their routes."""
    pages = FigurePages(house)
    return [
        Route(FIGURES, pages.show, methods=["GET"]),
        Route(f"{FIGURES}/unclear", pages.unclear, methods=["GET"]),
    ]
