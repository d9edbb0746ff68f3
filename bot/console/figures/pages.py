"""The page of the figures, and that of what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, needs
from bot.console.figures.clusters import clusters_of
from bot.console.figures.dashboard import charts_of, numbers_of, read_dashboard
from bot.console.figures.period import CHOICES, Period
from bot.console.figures.unclear import not_understood
from bot.console.house import House
from bot.console.pages import page
from bot.console.reading.conversation_pages import registration_labels
from bot.console.reading.list_pages import topics
from bot.console.reading.masking import Masker
from bot.console.reading.shown import Presenter
from bot.console.wording import strings_of

FIGURES = "/figures"


class FigurePages:
    """Endpoints of the figures."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._zone = house.settings.console.time_zone

    @needs(Permission.FIGURES)
    def show(self, request: Request) -> Response:
        """The figures of the period in the address."""
        language = request.state.language
        today = datetime.now(ZoneInfo(self._zone)).date()
        period = Period.from_address(request.query_params, today, self._zone)
        board = read_dashboard(self._house.database, period)
        strings = strings_of("figures")[language]
        context = {
            "period": period,
            "choices": [(n, Period.of_days(n, today, self._zone)) for n in CHOICES],
            "numbers": numbers_of(board),
            "charts": charts_of(board, _names(language), strings["lost"], language),
        }
        return page(request, "figures/dashboard.html", context)

    @needs(Permission.FIGURES)
    def unclear(self, request: Request) -> Response:
        """What was not understood in the last seven days, put together."""
        database = self._house.database
        with database.reading() as connection:
            now = database.now(connection)
        texts = not_understood(database, now)
        marks = strings_of("reading")[request.state.language]["masked"]
        context = {
            "count": len(texts),
            "clusters": clusters_of(texts),
            "shown": Presenter(Masker(), marks).preview,
        }
        return page(request, "figures/unclear.html", context)


def _names(language: str) -> Mapping[str, Mapping[str, str]]:
    reading, own = strings_of("reading")[language], strings_of("figures")[language]
    labels: dict[str, Any] = {
        "channels": reading["channels"],
        "languages": reading["languages"],
        "topics": topics(language),
        "tasks": own["tasks"],
        "reasons": own["reasons"],
        "steps": {**registration_labels(language), **own["steps"]},
    }
    return labels
