"""Calls of Telegram's Bot API. The token is part of each address: no address is ever logged or part
of an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from bot.settings import TelegramSettings

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
LONGEST_CODE = 32
# Name, content and content type of a file that is uploaded, by the parameter that it is.
Uploads = Mapping[str, tuple[str, bytes, str]]


class ApiError(Exception):
    """Telegram said no."""

    def __init__(self, method: str, code: int, description: str, retry_after: float | None) -> None:
        super().__init__(f"{method}: {code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after

    @property
    def word(self) -> str:
        """The error in so few characters that it can be kept: `400-chat-not-found`."""
        said = re.sub(r"[^a-z]+", "-", self.description.lower().removeprefix("bad request:"))
        return f"{self.code}-{said.strip('-')}"[:LONGEST_CODE].rstrip("-")


class UnreachableError(Exception):
    """Telegram did not answer, or what answered is not Telegram."""


class BotApi:
    """One bot's interface, with connections that are kept open."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._base = f"{settings.api_url}/bot{settings.token}"
        self._open: httpx.AsyncClient | None = None

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any] | None = None,
        uploads: Uploads | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Any:
        """The result of a method. Raises ApiError and UnreachableError."""
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        address = f"{self._base}/{method}"
        try:
            if uploads:
                response = await self._client.post(
                    address, data=_as_form(parameters or {}), files=dict(uploads), timeout=timeout
                )
            else:
                response = await self._client.post(address, json=parameters or {}, timeout=timeout)
        except httpx.HTTPError as error:
            # Its cause would bring the address, and with it the token, into whatever prints it.
            raise UnreachableError(type(error).__name__) from None
        return _result(method, response)

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._open is None:
            self._open = httpx.AsyncClient()
        return self._open

    async def close(self) -> None:
        """Ends the connections; another call opens them again."""
        client, self._open = self._open, None
        if client is not None:
            await client.aclose()


def _as_form(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }


def _result(method: str, response: httpx.Response) -> Any:
    try:
        body = response.json()
        if body["ok"] is True:
            return body["result"]
        code, description = int(body["error_code"]), str(body.get("description", ""))
        wait = (body.get("parameters") or {}).get("retry_after")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreachableError(f"status {response.status_code}") from None
    raise ApiError(method, code, description, None if wait is None else float(wait))
