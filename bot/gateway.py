"""The only process that the internet reaches: stores messages and shows replies, without Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, ExceptionHandler

from bot.channels.files import FileApi
from bot.channels.set_up import set_up
from bot.channels.signed_links import SignedLinks
from bot.channels.webchat.api import ChatApi
from bot.channels.webchat.page import page_routes
from bot.channels.webchat.privacy import privacy_routes
from bot.exact_paths import ExactPaths
from bot.logs import describe
from bot.media.reader import Reader
from bot.messaging.delivery import Delivery
from bot.messaging.for_ever import for_ever
from bot.messaging.heartbeat import alive
from bot.messaging.inbox import Inbox
from bot.messaging.media_runner import MediaRunner, MediaSource
from bot.messaging.news import News
from bot.messaging.outbox import Outbox
from bot.messaging.underway import Underway
from bot.people.files import Files
from bot.retention.erase_old import EraseOld
from bot.safe_headers import SafeHeaders
from bot.settings import Settings
from bot.slow_bodies import SlowBodies
from bot.status.refusals import CountRefusals
from bot.status.server import status_server
from bot.stopping import TRY_AGAIN, AnswerWhenStopped
from bot.storage.database import Database

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "channels" / "webchat" / "static"


def create_app(settings: Settings) -> ASGIApp:
    """The gateway's application. An answer to an error of our own has the security headers too."""
    database = Database.from_settings(settings)
    news = News(database)
    chat = ChatApi.from_settings(settings, Inbox(database), Outbox(database), news)
    stored = FileApi(Files(database), SignedLinks.from_settings(settings))
    underway = Underway()
    providers = list(set_up(settings, database, underway))
    old = EraseOld(database, settings.retention)
    work = [news.run, old.run, *(run for provider in providers for run in provider.work)]
    senders = [sender for provider in providers for sender in provider.senders]
    if senders:
        work.append(Delivery(settings.delivery, database, senders, underway).run)
    if media := [source for provider in providers for source in provider.media]:
        work.append(media_runner(settings, database, media).run)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(for_ever(run)) for run in work]
        async with status_server(settings, database, "gateway"):
            yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        database.dispose()

    webhooks = [route for provider in providers for route in provider.routes]
    handlers: dict[Any, ExceptionHandler] = {SQLAlchemyError: _database_away}
    app = Starlette(
        routes=[
            *page_routes(),
            *privacy_routes(),
            *chat.routes(),
            *stored.routes(),
            *webhooks,
            Route("/health", _health),
            Route("/ready", _ready(database)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=lifespan,
        exception_handlers=handlers,
    )
    inside = SlowBodies(ExactPaths(app, webhooks, handlers))
    return SafeHeaders(CountRefusals(AnswerWhenStopped(inside)))


def media_runner(
    settings: Settings, database: Database, sources: Sequence[MediaSource]
) -> MediaRunner:
    """What fetches and reads what people send, from the providers that are set up."""
    limits = settings.media
    return MediaRunner(
        database,
        sources,
        Reader(limits),
        at_once=limits.at_once,
        wait_seconds=limits.wait_seconds,
        claim_seconds=settings.claim_seconds,
    )


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _ready(database: Database) -> Callable[[Request], object]:
    async def ready(_request: Request) -> Response:
        brains = await run_in_threadpool(alive, database, "brain")
        return JSONResponse({"gateway": True, "brains": len(brains)}, 200 if brains else 503)

    return ready


async def _database_away(_request: Request, error: Exception) -> Response:
    """Nothing was acknowledged, so whoever sent it sends it again."""
    log.error("the database cannot be used: %s", describe(error))
    return TRY_AGAIN
