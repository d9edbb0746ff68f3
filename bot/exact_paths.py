"""Webhooks, answered without the application's layers: each message brings several, and the way
through the layers and along all the routes took longer than what is done at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send


class ExactPaths:
    """Calls the endpoints of routes that have one path and take nothing but POST. The rest is the
    application's, also another method on such a path; and an error gets the application's answer.
    """

    def __init__(
        self, app: ASGIApp, routes: Iterable[Route], handlers: Mapping[Any, ExceptionHandler]
    ) -> None:
        """`handlers`: the application's own, of exceptions."""
        self._app = app
        self._endpoints = {
            route.path: route.endpoint
            for route in routes
            if route.methods == {"POST"} and not route.param_convertors
        }
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or passes it on."""
        endpoint = None
        if scope["type"] == "http" and scope["method"] == "POST":
            endpoint = self._endpoints.get(scope["path"])
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive, send))
        except Exception as error:
            await self._failed(error)(scope, receive, send)
        else:
            await response(scope, receive, send)

    def _failed(self, error: Exception) -> ASGIApp:
        """The layers in which an application makes answers of errors, around this one."""

        async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise error

        return ServerErrorMiddleware(ExceptionMiddleware(fail, self._handlers))
