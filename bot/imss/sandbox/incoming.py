"""What arrives over HTTP, checked: the token, the body, the key. What does not fit is a Problem."""

from __future__ import annotations

import hmac
import json
import re
from typing import Any

from starlette.requests import Request

from bot.imss.contract import KEY_HEADER, Misfit, Operation, key_pattern, misfits
from bot.imss.sandbox.problems import Problem

LONGEST_BODY = 64 * 1024


def check_token(request: Request, token: str) -> None:
    """Raises Problem (unauthorised) unless the request carries the bearer token."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode("utf-8"), token.encode("utf-8"))
    if not token or scheme.lower() != "bearer" or not right:
        raise Problem("unauthorised")


async def body_of(request: Request) -> Any:
    """The JSON body.

    Raises Problem: media_type_not_supported, request_too_large, request_not_valid.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("media_type_not_supported")
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST_BODY:
            raise Problem("request_too_large")
    try:
        value = json.loads(content, parse_float=_number)
        # Half of a surrogate pair is text to JSON, but cannot be stored or sent as UTF-8.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Problem("request_not_valid", [Misfit("/", "json")]) from error
    return value


def check_fit(schema: str, value: Any) -> None:
    """Raises Problem (request_not_valid) unless the value fits the contract's schema."""
    wrong = misfits(schema, value)
    if wrong:
        raise Problem("request_not_valid", wrong)


def query_of(operation: Operation, request: Request) -> dict[str, str]:
    """The operation's query parameters. Raises Problem (request_not_valid)."""
    found: dict[str, str] = {}
    for name, schema in operation.query.items():
        given = request.query_params.getlist(name)
        if len(given) != 1 or misfits(schema, given[0]):
            raise Problem("request_not_valid", [Misfit(name, "parameter")])
        found[name] = given[0]
    return found


def key_of(request: Request) -> str:
    """The idempotency key. Raises Problem: idempotency_key_missing, request_not_valid."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        raise Problem("idempotency_key_missing")
    if re.fullmatch(key_pattern(), key) is None:
        raise Problem("request_not_valid", [Misfit(KEY_HEADER, "pattern")])
    return str(key)


def _number(written: str) -> int | float:
    """1.0 is an integer to JSON Schema, so it is made one."""
    number = float(written)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
