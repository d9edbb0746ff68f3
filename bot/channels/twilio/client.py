"""Twilio's REST interface, as far as sending a message needs it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import certifi
from aiohttp import (
    BasicAuth,
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerTimeoutError,
    TCPConnector,
)
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload
from yarl import URL

from bot.channels.twilio.errors import problem_of
from bot.messaging.sender import (
    DeliveryError,
    OperatorError,
    RefusedError,
    TryLaterError,
    is_too_late,
)
from bot.settings import TwilioSettings

CONNECT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 3600.0
SUCCESS, REDIRECTION, OF_CLIENT, OF_SERVER = 200, 300, 400, 500
TOO_MANY_REQUESTS = 429
UNAUTHORISED, FORBIDDEN = 401, 403
# Codes from here on are about a message, its sender or its recipient.
FIRST_OF_MESSAGES = 21000
FORM = "application/x-www-form-urlencoded"
# Twilio takes a hundred calls of an account at once.
MOST_CONNECTIONS = 50


class _Form(BytesPayload):
    """A call's body, which is written after its headers, in a later turn of the loop. Where the
    process stood still in between it is not: Twilio never gets the whole call."""

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Raises ConnectionAbortedError where it is too late."""
        if is_too_late():
            raise ConnectionAbortedError("this process stood still")
        await super().write(writer)


class TwilioClient:
    """Makes messages in one account.

    By aiohttp, not by httpx as elsewhere: a call is made for every message, and takes a quarter of
    the processor time so."""

    def __init__(self, settings: TwilioSettings, send_seconds: float) -> None:
        account = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}"
        self._url = URL(f"{account}/Messages.json")
        self._auth = BasicAuth(settings.account_sid, settings.auth_token)
        self._doubt_seconds = 2 * send_seconds
        self._timeout = ClientTimeout(
            total=None, connect=min(CONNECT_SECONDS, send_seconds), sock_read=send_seconds
        )
        # Reads some hundred certificates: at the start, not while somebody waits for a reply.
        self._trusted = ssl.create_default_context(cafile=certifi.where())
        self._opened: ClientSession | None = None

    def _session(self) -> ClientSession:
        """Opened with the first call: it belongs to the loop that it is made in."""
        if self._opened is None:
            self._opened = ClientSession(
                connector=TCPConnector(limit=MOST_CONNECTIONS, ssl=self._trusted),
                auth=self._auth,
                timeout=self._timeout,
                cookie_jar=DummyCookieJar(),
            )
        return self._opened

    async def create(self, fields: Mapping[str, str]) -> str:
        """Makes a message and gives its SID. Raises a DeliveryError."""
        try:
            # Bytes and an URL that was read before: aiohttp would make much ado of a mapping.
            form = _Form(urlencode(fields).encode("ascii"), content_type=FORM)
            call = self._session().post(self._url, data=form, allow_redirects=False)
            async with call as response:
                body, status = _json(await response.read()), response.status
                wait = _retry_after(response.headers)
        except ClientConnectorError as error:
            raise TryLaterError("unreachable") from error
        except (ClientError, asyncio.TimeoutError) as error:
            if isinstance(error, ServerTimeoutError) and error.__cause__ is not None:
                raise TryLaterError("unreachable") from error  # no connection was had in time
            # It may have been taken: there is time for a status to tell.
            raise TryLaterError("cut", self._doubt_seconds) from error
        return self._sid_in(status, body, wait)

    def _sid_in(self, status: int, body: Mapping[str, Any], wait: float | None) -> str:
        if SUCCESS <= status < REDIRECTION:
            if code := _code(body, "error_code"):
                raise problem_of(code, wait)
            if sid := str(body.get("sid") or ""):
                return sid
            raise TryLaterError("no-sid", self._doubt_seconds)
        if status == TOO_MANY_REQUESTS:
            raise TryLaterError(str(TOO_MANY_REQUESTS), wait, whole_channel=True)
        if not OF_CLIENT <= status < OF_SERVER:
            raise TryLaterError(f"http-{status}", wait)
        raise _problem(status, _code(body, "code"), wait)

    async def close(self) -> None:
        """Ends the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None


def _problem(status: int, code: int, wait: float | None) -> DeliveryError:
    problem = problem_of(code or status, wait)
    of_the_account = status == UNAUTHORISED or (status == FORBIDDEN and code < FIRST_OF_MESSAGES)
    if isinstance(problem, RefusedError) and of_the_account:
        return OperatorError(problem.code)
    return problem


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(body: Mapping[str, Any], name: str) -> int:
    code = body.get(name)
    return code if isinstance(code, int) else 0


def _retry_after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("Retry-After", "")
    if not (given.isascii() and given.isdecimal()):
        return None
    return min(float(given), LONGEST_WAIT_SECONDS) or None
