"""One call of the institute's services over HTTP: tries, time, the breaker, and errors by kind.

Nothing of a body, a path or a query is logged: they hold personal data, and a folio opens a
registration.
"""

from __future__ import annotations

import json
import logging
import random
import time
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from bot.imss.circuit_breaker import CircuitBreaker, CircuitOpenError
from bot.imss.contract import KEY_HEADER, misfits
from bot.imss.deadline import DeadlinePassedError, RemainingTime, finish_within
from bot.imss.errors import (
    BadAnswer,
    NotFound,
    Rejected,
    ServiceError,
    ServiceUnavailable,
    Unauthorised,
)

log = logging.getLogger(__name__)

TRIES_AFTER_THE_FIRST = 2
MOST_ANSWER_BYTES = 256 * 1024
CONNECTIONS = 16
_FAILING = frozenset({500, 502, 503, 504})


@dataclass(frozen=True)
class Patience:
    """Seconds that a call may take: to connect, between two pieces of the answer, in all."""

    connect: float = 3.0
    read: float = 8.0
    total: float = 12.0


@dataclass(frozen=True)
class Call:
    """One call as the contract names it. `key` is the idempotency key of what changes something."""

    operation: str
    method: str
    path: str
    answer: str
    query: dict[str, str] | None = None
    body: Any = None
    key: str | None = None


class JitteredRetry(Retry):
    """Waits a random part of a time that doubles, so that callers do not come back together."""

    def get_backoff_time(self) -> float:
        """Seconds before the next try."""
        most = min(self.backoff_max, self.backoff_factor * 2 ** len(self.history))
        return random.uniform(0, most)  # noqa: S311 - no secret


class Transport:
    """Sends calls to one service. Any thread may use it."""

    def __init__(self, url: str, token: str, patience: Patience, breaker: CircuitBreaker) -> None:
        self._url = url.rstrip("/")
        self._patience = patience
        self._breaker = breaker
        self._session = _session(token)

    def send(self, call: Call) -> Any:
        """The JSON of a 2xx answer, which fits the contract's schema `call.answer`.

        Raises a ServiceError. Ends within `patience.total` seconds.
        """
        started = time.monotonic()
        try:
            with self._breaker.call(ServiceUnavailable, ServiceError):
                answer = self._try(call)
        except CircuitOpenError as error:
            raise ServiceUnavailable("circuit_open", error.seconds) from error
        except ServiceError as error:
            _note(call, type(error).__name__, str(error), started)
            raise
        log.info("%s: done in %.0f ms", call.operation, 1000 * (time.monotonic() - started))
        return answer

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._session.close()

    def _try(self, call: Call) -> Any:
        deadline = time.monotonic() + self._patience.total
        try:
            return finish_within(self._patience.total, lambda: self._exchange(call, deadline))
        except (DeadlinePassedError, requests.Timeout) as error:
            raise ServiceUnavailable("timeout") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            # requests puts a timeout between two tries, or within the body, into other errors.
            kinds = _names_of(error)
            timed_out = "Timeout" in kinds or DeadlinePassedError.__name__ in kinds
            raise ServiceUnavailable("timeout" if timed_out else "connection") from error

    def _exchange(self, call: Call, deadline: float) -> Any:
        timeout: Any = RemainingTime(self._patience.connect, self._patience.read, deadline)
        response = self._session.request(
            call.method,
            self._url + call.path,
            params=call.query,
            data=None if call.body is None else json.dumps(call.body).encode("utf-8"),
            headers=_headers(call),
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )
        try:
            content = response.raw.read(MOST_ANSWER_BYTES + 1, decode_content=True)
        finally:
            response.close()
        if len(content) > MOST_ANSWER_BYTES:
            raise BadAnswer("too_long")
        if 200 <= response.status_code < 300:
            return _fitting(call.answer, _parsed(content))
        raise _error(response, content)


def _session(token: str) -> requests.Session:
    """Each of our calls changes nothing or carries a key, so each may be tried again."""
    session = requests.Session()
    retries = JitteredRetry(
        total=TRIES_AFTER_THE_FIRST,
        redirect=0,
        other=0,
        allowed_methods=frozenset({"GET", "POST", "PATCH"}),
        status_forcelist=_FAILING,
        backoff_factor=0.2,
        backoff_max=1.0,
        respect_retry_after_header=False,  # a caller cannot wait that long: it is told instead
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        session.mount(
            scheme, HTTPAdapter(CONNECTIONS, CONNECTIONS, max_retries=retries, pool_block=False)
        )
    session.auth = _Bearer(token)
    session.cookies = _NoCookies()
    return session


class _Bearer(requests.auth.AuthBase):
    """The token as requests' own kind of credentials: a ~/.netrc would take a header's place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _NoCookies(RequestsCookieJar):
    """Keeps nothing between the calls of different people."""

    def set_cookie(self, cookie: Any, *args: Any, **kwargs: Any) -> None:
        """Forgets it."""


def _headers(call: Call) -> dict[str, str]:
    headers = {
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "identity",
    }
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    if call.key is not None:
        headers[KEY_HEADER] = call.key
    return headers


class _Response(Protocol):
    status_code: int
    headers: Any


def _error(response: _Response, content: bytes) -> ServiceError:
    """The error that an answer outside 2xx stands for."""
    status = response.status_code
    if status in (401, 403):
        return Unauthorised(f"status_{status}")
    if status == 429 or status >= 500:
        return ServiceUnavailable(f"status_{status}", _seconds(response.headers.get("Retry-After")))
    if status < 400:
        return BadAnswer(f"status_{status}")
    try:
        problem = _fitting("Problem", _parsed(content))
    except BadAnswer:
        # A 404 of something in between must not pass for a registration that is not there.
        return BadAnswer(f"status_{status}_without_problem")
    if problem["code"] == "path_unknown":
        return BadAnswer("path_unknown")
    if status == 404:
        return NotFound(problem["code"])
    return Rejected(problem["code"], tuple(f["pointer"] for f in problem.get("fields", ())))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadAnswer("not_json") from error


def _fitting(schema: str, value: Any) -> Any:
    wrong = misfits(schema, value)
    if wrong:
        raise BadAnswer(f"{schema} {wrong[0].rule}")
    return value


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None


def _names_of(error: BaseException | None) -> str:
    """The kinds of an error and of all that it came from."""
    names: list[str] = []
    while error is not None and len(names) < 10:
        names.append(type(error).__name__)
        inner = error.args[0] if error.args else None
        reason = getattr(inner, "reason", None) or inner
        error = reason if isinstance(reason, BaseException) else error.__cause__
    return " ".join(names)


def _note(call: Call, kind: str, reason: str, started: float) -> None:
    milliseconds = 1000 * (time.monotonic() - started)
    # That the service says no is its work; the rest is for the operator to see.
    said_no = kind in (NotFound.__name__, Rejected.__name__)
    level = logging.INFO if said_no else logging.WARNING
    log.log(level, "%s: %s (%s) in %.0f ms", call.operation, kind, reason, milliseconds)
