"""What stands before every endpoint: the host, who it is, and for deeds their size, origin and
token against forgery."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.access import Stage
from bot.console.cookies import cookie_name, set_cookie
from bot.console.errors import error_page
from bot.console.forms import (
    LARGEST_BODY,
    LARGEST_FROM_STRANGERS,
    NUL,
    BodyTooLargeError,
    UnreadableFormError,
    read_body,
    read_form,
)
from bot.console.house import House
from bot.console.pages import page
from bot.console.sessions import TOKEN, Sessions, new_token
from bot.console.wording import visitors_language
from bot.logs import describe

log = logging.getLogger(__name__)

# What needs no session and changes nothing.
OPEN_PATHS = ("/health", "/ready")
STATIC = "/static/"
SAFE_METHODS = ("GET", "HEAD")


class Guard:
    """Lets a request through to the endpoints, or answers it."""

    def __init__(self, app: ASGIApp, house: House, tabs: Sequence[Any]) -> None:
        self._app = app
        self._house = house
        self._tabs = tabs
        self._sessions = Sessions(house.settings, house.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or passes it on with its session in `request.state`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        self._meet(request)
        if _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        is_known = request.headers.get("host", "").lower() in self._house.settings.console.hosts
        if not is_known or not _is_legible(request):
            await error_page(request, 400)(scope, receive, send)
            return
        try:
            await run_in_threadpool(self._recognise, request)
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            await error_page(request, 503)(scope, receive, send)
            return
        await self._pass_on(request, send)

    def _meet(self, request: Request) -> None:
        """What is known before anything is looked up."""
        state = request.state
        state.house, state.tabs = self._house, self._tabs
        state.session = state.account = None
        state.stage = Stage.OUT
        state.csrf, state.form = "", FormData()
        state.language = visitors_language(request)

    def _recognise(self, request: Request) -> None:
        state = request.state
        state.token = request.cookies.get(cookie_name(self._house.settings.console), "")
        state.is_new = TOKEN.fullmatch(state.token) is None
        if state.is_new:
            state.token = new_token()
        else:
            state.session = self._sessions.find(state.token)
        state.csrf = self._house.cipher.index(f"console-csrf:{state.token}")
        if state.session is not None:
            state.stage = state.session.stage
            state.language = state.session.account.language
            if state.stage is Stage.IN:
                state.account = state.session.account

    async def _pass_on(self, request: Request, send: Send) -> None:
        scope = request.scope
        if request.method in SAFE_METHODS:
            if _comes_from_elsewhere(request):
                # The browser kept the cookie back (SameSite=Strict). Asked for by a page of ours,
                # the same address comes with it.
                answer = page(request, "layout/again.html", {"address": str(request.url)})
                await answer(scope, request.receive, send)
                return
            await self._app(scope, request.receive, self._with_cookie(request, send))
            return
        body, refused = await self._check_deed(request)
        if refused is not None:
            await refused(scope, request.receive, send)
            return
        await self._app(scope, _replay(body, request.receive), send)

    async def _check_deed(self, request: Request) -> tuple[bytes, Response | None]:
        """The body, and the answer where the request is refused."""
        if not _is_from_us(request):
            return b"", error_page(request, 403, "forged")
        most = LARGEST_FROM_STRANGERS if request.state.account is None else LARGEST_BODY
        try:
            body = await read_body(request, most)
            request.state.form = await read_form(request, body)
        except BodyTooLargeError:
            return b"", error_page(request, 413)
        except UnreadableFormError:
            return b"", error_page(request, 400)
        given = request.headers.get("x-csrf-token") or request.state.form.get("csrf") or ""
        expected = request.state.csrf
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
            return b"", error_page(request, 403, "forged")
        return body, None

    def _with_cookie(self, request: Request, send: Send) -> Send:
        """Gives a stranger the token that their first form is bound to."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and request.state.is_new:
                headers = MutableHeaders(raw=message["headers"])
                if "set-cookie" not in headers:
                    kept = Response()
                    set_cookie(kept, self._house.settings.console, request.state.token)
                    headers.append("set-cookie", kept.headers["set-cookie"])
            await send(message)

        return sending


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(STATIC)


def _is_legible(request: Request) -> bool:
    """Whether the address holds nothing that no database looks for."""
    return NUL not in request.url.path and NUL not in unquote(request.url.query)


def _is_from_us(request: Request) -> bool:
    """Browsers say with every deed which page it comes from."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    ours = f"{request.state.house.settings.console.scheme}://{request.headers['host']}".lower()
    return origin.lower() == ours and site == "same-origin"


def _comes_from_elsewhere(request: Request) -> bool:
    """Whether a link on another site was followed by somebody who seems to be signed out."""
    return (
        request.state.is_new
        and request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        and request.headers.get("sec-fetch-mode") == "navigate"
    )


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, for an endpoint that wants to read it itself; then what comes really: an
    answer that is streamed ends when it hears that nobody listens any more."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again
