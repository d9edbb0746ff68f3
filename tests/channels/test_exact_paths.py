"""A webhook that goes past the application's layers gets the answer that it would get in them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ExceptionHandler

from bot.exact_paths import ExactPaths

ERRORS: dict[str, Exception] = {
    "slow": HTTPException(408, headers={"Connection": "close"}),
    "away": OperationalError("SELECT 1", {}, Exception()),
    "wrong": ValueError("what a person wrote"),
}


async def _answer(request: Request) -> Response:
    body = (await request.body()).decode()
    if body in ERRORS:
        raise ERRORS[body]
    return PlainTextResponse(f"{request.scope.get('route') is None} {body}")


async def _away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("not stored", 503, {"Retry-After": "2"})


HANDLERS: dict[Any, ExceptionHandler] = {OperationalError: _away}
ROUTES = [
    Route("/exact", _answer, methods=["POST"]),
    Route("/read", _answer, methods=["GET"]),
    Route("/of/{one}", _answer, methods=["POST"]),
]
LAYERS = Starlette(routes=ROUTES, exception_handlers=HANDLERS)
PAST = ExactPaths(LAYERS, ROUTES, HANDLERS)


def _asked(app: Any, method: str, path: str, body: str = "") -> Any:
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    return client.request(method, path, content=body)


def test_only_posts_to_one_path_go_past_the_routes() -> None:
    assert _asked(PAST, "POST", "/exact", "a").text == "True a"
    assert _asked(PAST, "POST", "/of/exact", "a").text == "False a"
    assert _asked(LAYERS, "POST", "/exact", "a").text == "False a"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/exact", name) for name in ERRORS]
    + [("GET", "/exact", ""), ("PUT", "/exact", ""), ("GET", "/read", "a"), ("POST", "/read", "")]
    + [("POST", "/exact/", ""), ("POST", "//exact", ""), ("POST", "/EXACT", ""), ("POST", "/", "")],
)
def test_the_rest_is_answered_as_ever(method: str, path: str, body: str) -> None:
    one, other = (_asked(app, method, path, body) for app in (PAST, LAYERS))
    assert (one.status_code, one.text, dict(one.headers)) == (
        other.status_code,
        other.text,
        dict(other.headers),
    )


def test_an_error_of_our_own_reaches_the_server_and_its_log() -> None:
    with pytest.raises(ValueError, match="what a person wrote"):
        TestClient(PAST).post("/exact", content="wrong")
