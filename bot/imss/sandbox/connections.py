"""Closing a connection without an answer, which ASGI has no word for."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[Any, asyncio.Transport] = {}


class ClosableProtocol(H11Protocol):
    """uvicorn's own, whose connections `hang_up` can find by the caller's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remembers the connection."""
        super().connection_made(transport)
        _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets it."""
        _open.pop(self.client, None)
        super().connection_lost(exc)


async def hang_up(request: Request) -> None:
    """Closes the connection of a request at once; whatever is answered afterwards goes nowhere."""
    transport = _open.get(tuple(request.client) if request.client else None)
    if transport is None:
        raise RuntimeError("the sandbox does not run on its own server")
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
