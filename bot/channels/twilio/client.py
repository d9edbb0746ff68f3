"""Twilio's REST interface, as far as sending a message needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.twilio.errors import problem_of
from bot.messaging.sender import DeliveryError, OperatorError, RefusedError, TryLaterError
from bot.settings import TwilioSettings

CONNECT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 3600.0
TOO_MANY_REQUESTS = 429
UNAUTHORISED, FORBIDDEN = 401, 403
# Codes from here on are about a message, its sender or its recipient.
FIRST_OF_MESSAGES = 21000
# Twilio takes a hundred calls of an account at once.
MOST_CONNECTIONS = 50


class TwilioClient:
    """Makes messages in one account."""

    def __init__(self, settings: TwilioSettings, send_seconds: float) -> None:
        self._path = f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._doubt_seconds = 2 * send_seconds
        self._http = httpx.AsyncClient(
            base_url=settings.api_url,
            auth=(settings.account_sid, settings.auth_token),
            timeout=httpx.Timeout(send_seconds, connect=min(CONNECT_SECONDS, send_seconds)),
            limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
            trust_env=False,
        )

    async def create(self, fields: Mapping[str, str]) -> str:
        """Makes a message and gives its SID. Raises a DeliveryError."""
        try:
            response = await self._http.post(self._path, data=dict(fields))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLaterError("unreachable") from error
        except httpx.TransportError as error:
            # It may have been taken: there is time for a status to tell.
            raise TryLaterError("cut", self._doubt_seconds) from error
        return self._sid_in(response)

    def _sid_in(self, response: httpx.Response) -> str:
        body = _json(response)
        wait = _retry_after(response)
        if response.is_success:
            if code := _code(body, "error_code"):
                raise problem_of(code, wait)
            if sid := str(body.get("sid") or ""):
                return sid
            raise TryLaterError("no-sid", self._doubt_seconds)
        if response.status_code == TOO_MANY_REQUESTS:
            raise TryLaterError(str(TOO_MANY_REQUESTS), wait, whole_channel=True)
        if not response.is_client_error:
            raise TryLaterError(f"http-{response.status_code}", wait)
        raise _problem(response.status_code, _code(body, "code"), wait)

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()


def _problem(status: int, code: int, wait: float | None) -> DeliveryError:
    problem = problem_of(code or status, wait)
    of_the_account = status == UNAUTHORISED or (status == FORBIDDEN and code < FIRST_OF_MESSAGES)
    if isinstance(problem, RefusedError) and of_the_account:
        return OperatorError(problem.code)
    return problem


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(body: Mapping[str, Any], name: str) -> int:
    code = body.get(name)
    return code if isinstance(code, int) else 0


def _retry_after(response: httpx.Response) -> float | None:
    given = response.headers.get("Retry-After", "")
    if not (given.isascii() and given.isdecimal()):
        return None
    return min(float(given), LONGEST_WAIT_SECONDS) or None
