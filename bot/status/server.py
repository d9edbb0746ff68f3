"""The inner port of a process: `/health`, `/ready`, `/metrics`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.serving import SERVED
from bot.settings import Settings
from bot.status import metrics
from bot.status.queues import Queues
from bot.storage.database import Database

STOP_SECONDS = 3.0


def status_app(database: Database, counted: CollectorRegistry) -> Starlette:
    """What answers. Ready: the database answers; healthy: the process itself does."""
    waiting = CollectorRegistry()
    waiting.register(Queues(database))

    def figures() -> bytes:
        return bytes(generate_latest(counted) + generate_latest(waiting))

    def answers() -> bool:
        try:
            with database.reading() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        there = await run_in_threadpool(answers)
        return JSONResponse({"database": there}, 200 if there else 503)

    async def metrics(_request: Request) -> Response:
        printed = await run_in_threadpool(figures)
        return Response(printed, media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/health", health), Route("/ready", ready), Route("/metrics", metrics)]
    )


@contextlib.asynccontextmanager
async def status_server(
    settings: Settings, database: Database, process: str, model: str = ""
) -> AsyncIterator[None]:
    """Serves in this loop while the block runs; nothing where no port is set.

    A loop that hangs answers nothing: whoever looks at `/health` starts the process anew.
    """
    if not settings.status.port:
        yield
        return
    metrics.process.labels(process, model).set(1)
    server = _InThisLoop(
        uvicorn.Config(
            status_app(database, metrics.registry),
            host=settings.status.host,
            port=settings.status.port,
            lifespan="off",
            **SERVED,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait([serving], timeout=STOP_SECONDS)


class _InThisLoop(uvicorn.Server):
    """uvicorn without its handling of signals: those are the process's own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None are captured."""
        yield
