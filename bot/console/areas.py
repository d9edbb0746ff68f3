"""The console's areas: each is a folder with the routes of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route

from bot.console.access import Permission
from bot.console.acting.routes import routes as acting
from bot.console.administration.routes import routes as administration
from bot.console.entrance.routes import routes as entrance
from bot.console.figures.routes import routes as figures
from bot.console.house import House
from bot.console.own.routes import routes as own
from bot.console.reading.routes import routes as reading
from bot.console.reviewing.routes import routes as reviewing


@dataclass(frozen=True)
class Tab:
    """A word in the bar at the top: the string `key` of `strings/<area>.yml`, shown to those who
    have the permission."""

    area: str
    key: str
    path: str
    permission: Permission


@dataclass(frozen=True)
class Area:
    """Some pages that belong together."""

    routes: Callable[[House], list[Route]]
    tabs: tuple[Tab, ...] = ()


AREAS = (
    Area(entrance),
    Area(reading, (Tab("reading", "tab", "/conversations", Permission.READ),)),
    Area(reviewing, (Tab("reviewing", "tab", "/reviews", Permission.REVIEW),)),
    Area(figures, (Tab("figures", "tab", "/figures", Permission.FIGURES),)),
    Area(own),
    Area(
        acting,
        (
            Tab("acting", "tab_queue", "/queue", Permission.ACT),
            Tab("acting", "tab_canned", "/canned", Permission.ACT),
        ),
    ),
    Area(
        administration,
        (
            Tab("administration", "tab_accounts", "/accounts", Permission.MANAGE),
            Tab("administration", "tab_audit", "/audit", Permission.MANAGE),
        ),
    ),
)
