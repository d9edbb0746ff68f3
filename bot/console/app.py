"""The console's application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.console.areas import AREAS
from bot.console.audit import Audit
from bot.console.errors import database_away, failed, refused
from bot.console.guard import Guard
from bot.console.house import House
from bot.console.pages import STATIC, make_templates
from bot.safe_headers import SECURITY_HEADERS, SafeHeaders
from bot.settings import Settings
from bot.status.server import status_server
from bot.storage.database import Database

HEADERS = {
    **SECURITY_HEADERS,
    # Not no-referrer: with that browsers hide the origin of a form, which is checked.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
ONE_YEAR = "max-age=31536000"


class RowNumber(IntegerConvertor):
    """A number in an address, as far as one fits a column: no row has a longer one."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", RowNumber())


def create_app(settings: Settings) -> ASGIApp:
    """The console's application. Raises ValueError for an endpoint that does not say what it
    needs."""
    house = make_house(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with status_server(settings, house.database, "console"):
            yield
        house.database.dispose()

    app = Starlette(
        routes=[
            *area_routes(house),
            Route("/health", _health),
            Route("/ready", _ready(house.database)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, house=house, tabs=[t for a in AREAS for t in a.tabs])],
        lifespan=lifespan,
        exception_handlers={
            HTTPException: refused,
            SQLAlchemyError: database_away,
            Exception: failed,
        },
    )
    app.router.redirect_slashes = False
    secure = {"strict-transport-security": ONE_YEAR} if settings.console.is_secure else {}
    return SafeHeaders(app, {**HEADERS, **secure})


def make_house(settings: Settings) -> House:
    """What the areas are handed."""
    database = Database.from_settings(settings)
    return House(settings, database, Audit(database), make_templates())


def area_routes(house: House) -> list[Route]:
    """The routes of all areas. Raises ValueError for one whose endpoint says not what it needs."""
    routes = [route for area in AREAS for route in area.routes(house)]
    for route in routes:
        if not hasattr(route.endpoint, "rule"):
            raise ValueError(f"{route.path}: its endpoint says not who may use it")
    return routes


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _ready(database: Database) -> Callable[[Request], object]:
    def look() -> None:
        with database.reading() as connection:
            connection.execute(text("SELECT 1 FROM accounts LIMIT 1"))

    async def ready(_request: Request) -> Response:
        try:
            await run_in_threadpool(look)
        except SQLAlchemyError:
            return JSONResponse({"console": True, "database": False}, 503)
        return JSONResponse({"console": True, "database": True})

    return ready
