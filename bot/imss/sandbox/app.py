"""The sandbox's application: the contract's routes, the control interface, and problems."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.imss.contract import Operation, operations
from bot.imss.sandbox.behaviour import Behaviour, Behaviours
from bot.imss.sandbox.clock import Clock
from bot.imss.sandbox.connections import hang_up
from bot.imss.sandbox.control import Control
from bot.imss.sandbox.idempotency import Answer, once
from bot.imss.sandbox.incoming import body_of, check_fit, check_token, key_of, query_of
from bot.imss.sandbox.operations import HANDLERS, Work
from bot.imss.sandbox.problems import Problem, problem_response
from bot.imss.sandbox.tables import metadata
from bot.storage.database import Database

log = logging.getLogger(__name__)

RETRY_AFTER = {"Retry-After": "5"}


def create_app(database: Database, token: str, control_token: str) -> Starlette:
    """The application on a database, whose tables are made where they are missing.

    `token` opens the contract's operations, `control_token` the control interface (empty: nobody).
    """
    metadata.create_all(database.engine)
    clock, behaviours = Clock(database), Behaviours()
    desk = Desk(database, clock, behaviours, token)
    return Starlette(
        routes=[
            *_routes(desk),
            *Control(database, clock, behaviours, control_token).routes(),
            Route("/health", _health),
        ],
        exception_handlers={
            Problem: _say_no,
            HTTPException: _no_such_path,
            Exception: _failed,
        },
    )


def _routes(desk: Desk) -> Iterator[Route]:
    """One route a path, so that a 405 names every method of the path."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations():
        by_path.setdefault(operation.path, {})[operation.method] = operation
    for path, by_method in by_path.items():
        yield Route(path, desk.endpoint(by_method), methods=list(by_method))


class Desk:
    """Does the contract's operations, and does wrong what it was told to do wrong."""

    def __init__(
        self, database: Database, clock: Clock, behaviours: Behaviours, token: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._behaviours = behaviours
        self._token = token

    def endpoint(self, by_method: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a path with its operations."""

        async def endpoint(request: Request) -> Response:
            check_token(request, self._token)
            # A GET's route answers HEAD too.
            operation = by_method.get(request.method) or by_method["GET"]
            behaviour = self._behaviours.take(operation.id)
            if behaviour is None:
                return _answered(await self._do(operation, request, None))
            return await self._misbehave(operation, request, behaviour)

        return endpoint

    async def _misbehave(
        self, operation: Operation, request: Request, behaviour: Behaviour
    ) -> Response:
        if behaviour.kind == "status":
            code = "internal_error" if behaviour.status == 500 else "service_unavailable"
            return problem_response(Problem(code), RETRY_AFTER, behaviour.status)
        if behaviour.kind == "close":
            await hang_up(request)
            return Response(status_code=503)
        await self._pause(operation, behaviour, "before")
        answer = await self._do(operation, request, behaviour)
        await self._pause(operation, behaviour, "after")
        if behaviour.kind == "lose_answer":
            await hang_up(request)
        return _answered(answer)

    async def _do(
        self, operation: Operation, request: Request, behaviour: Behaviour | None
    ) -> Answer:
        key = key_of(request) if operation.changes else None
        query = query_of(operation, request)
        body = await body_of(request) if operation.body else None
        if operation.body:
            check_fit(operation.body, body)
        unknown = behaviour is not None and behaviour.kind == "curp_unknown"

        def do() -> Answer:
            now = self._clock.now()
            with self._database.writing() as connection:
                cipher, path = self._database.cipher, dict(request.path_params)
                work = Work(connection, cipher, now, path, query, body, unknown)
                handler = HANDLERS[operation.id]
                if key is None:
                    return handler(work)
                call = (request.method, request.url.path, body)
                answer = once(connection, cipher, key, call, now, lambda: handler(work))
                self._pause_inside(operation, behaviour)
                return answer

        return await run_in_threadpool(do)

    async def _pause(self, operation: Operation, behaviour: Behaviour, moment: str) -> None:
        if behaviour.kind == "slow" and behaviour.moment == moment:
            place = f"{operation.id} {moment}"
            self._behaviours.pausing(place, 1)
            await asyncio.sleep(behaviour.seconds)
            self._behaviours.pausing(place, -1)

    def _pause_inside(self, operation: Operation, behaviour: Behaviour | None) -> None:
        if behaviour and behaviour.kind == "slow" and behaviour.moment == "inside":
            place = f"{operation.id} inside"
            self._behaviours.pausing(place, 1)
            time.sleep(behaviour.seconds)
            self._behaviours.pausing(place, -1)


def _answered(answer: Answer) -> Response:
    headers = {"Location": answer.location} if answer.location else None
    return JSONResponse(answer.body, answer.status, headers)


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok", "test": True})


async def _say_no(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - for the type checker
    headers = {"WWW-Authenticate": "Bearer"} if error.code == "unauthorised" else None
    return problem_response(error, headers)


async def _no_such_path(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    code = "method_not_allowed" if error.status_code == 405 else "path_unknown"
    return problem_response(Problem(code), error.headers)


async def _failed(_request: Request, _error: Exception) -> Response:
    return problem_response(Problem("internal_error"))
