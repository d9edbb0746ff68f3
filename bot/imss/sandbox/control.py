"""The control interface of the sandbox: what goes wrong next, what time it is, what was paid.

    GET    /sandbox/behaviour              what is waiting, counts of calls, where calls are paused
    POST   /sandbox/behaviour              a Behaviour as JSON
    DELETE /sandbox/behaviour              forget all that is waiting, and the counts
    GET    /sandbox/clock                  {"now"}
    PUT    /sandbox/clock                  {"now": an instant} makes it that time
    PUT    /sandbox/capture-lines/{line}   {"state": "paid" or "expired"}

It is no part of the contract and has a token of its own (PTI_SANDBOX_CONTROL_TOKEN); without one
set it is closed. `behaviour.py` says what each kind does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.imss.contract import Misfit, parse_instant
from bot.imss.sandbox.behaviour import Behaviour, BehaviourError, Behaviours
from bot.imss.sandbox.capture_lines import CaptureLines
from bot.imss.sandbox.clock import Clock
from bot.imss.sandbox.incoming import body_of, check_token
from bot.imss.sandbox.problems import Problem
from bot.storage.database import Database

STATES_TO_SET = ("paid", "expired")


class Control:
    """The control interface's endpoints."""

    def __init__(
        self, database: Database, clock: Clock, behaviours: Behaviours, token: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._behaviours = behaviours
        self._token = token

    def routes(self) -> list[Route]:
        """Its routes."""
        return [
            self._route("/sandbox/behaviour", "GET", self._see_behaviour),
            self._route("/sandbox/behaviour", "POST", self._add_behaviour),
            self._route("/sandbox/behaviour", "DELETE", self._clear_behaviour),
            self._route("/sandbox/clock", "GET", self._see_clock),
            self._route("/sandbox/clock", "PUT", self._set_clock),
            self._route("/sandbox/capture-lines/{line}", "PUT", self._set_line),
        ]

    def _route(
        self, path: str, method: str, endpoint: Callable[[Request], Awaitable[Any]]
    ) -> Route:
        async def guarded(request: Request) -> Response:
            check_token(request, self._token)
            return JSONResponse(await endpoint(request))

        return Route(path, guarded, methods=[method])

    async def _see_behaviour(self, _request: Request) -> Any:
        return self._behaviours.as_json()

    async def _add_behaviour(self, request: Request) -> Any:
        try:
            self._behaviours.add(Behaviour.from_json(await body_of(request)))
        except BehaviourError as error:
            raise Problem("request_not_valid", [Misfit("/", "behaviour")]) from error
        return self._behaviours.as_json()

    async def _clear_behaviour(self, _request: Request) -> Any:
        self._behaviours.clear()
        return self._behaviours.as_json()

    async def _see_clock(self, _request: Request) -> Any:
        return {"now": self._clock.now().isoformat()}

    async def _set_clock(self, request: Request) -> Any:
        try:
            instant = parse_instant((await body_of(request))["now"])
            await run_in_threadpool(self._clock.set, instant)
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise Problem("request_not_valid", [Misfit("/now", "instant")]) from error
        return await self._see_clock(request)

    async def _set_line(self, request: Request) -> Any:
        body = await body_of(request)
        state = body.get("state") if isinstance(body, dict) else None
        if state not in STATES_TO_SET:
            raise Problem("request_not_valid", [Misfit("/state", "enum")])

        def set_state() -> dict[str, Any]:
            with self._database.writing() as connection:
                lines = CaptureLines(connection, self._database.cipher, self._clock.now())
                return lines.set_by_control(request.path_params["line"], state)

        return await run_in_threadpool(set_state)
