"""Errors as pages that say what happened and what to do."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.pages import page
from bot.logs import describe

log = logging.getLogger(__name__)

KNOWN = (400, 403, 404, 405, 413, 429, 500, 503)
RETRY = {503: {"Retry-After": "5"}}


def error_page(request: Request, status: int, kind: str = "") -> Response:
    """The page of a status; `kind` names another text than the status's own."""
    known = kind or (f"error_{status}" if status in KNOWN else "error_400")
    answer = page(request, "layout/error.html", {"error": known, "status": status}, status)
    answer.headers.update(RETRY.get(status, {}))
    return answer


async def refused(request: Request, error: Exception) -> Response:
    """An answer that is not the page that was wanted."""
    return error_page(request, error.status_code if isinstance(error, HTTPException) else 500)


async def database_away(request: Request, error: Exception) -> Response:
    """Nothing was done; it can be tried again."""
    log.error("the database cannot be used: %s", describe(error))
    return error_page(request, 503)


async def failed(request: Request, error: Exception) -> Response:
    """A mistake of ours."""
    log.error("a page failed: %s", describe(error))
    return error_page(request, 500)
