"""Telegram, as far as a bot sees it: a real HTTP server with the Bot API's rules, on this machine.

It refuses what Telegram refuses and keeps a list of it; it can fail, be slow, ask to wait and send
an update twice."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import requests

from tests.telegram.file_store import PREFIX, FileStore
from tests.telegram.known import HEADER, TOKEN
from tests.telegram.rules import LEAST_PAUSE, METHODS, BrokenRule, check_webhook, checked

Answer = tuple[int, dict[str, Any]]


@dataclass
class Shown:
    """A message of the bot as a person sees it."""

    chat: int
    method: str
    parameters: dict[str, Any]
    upload: tuple[str, bytes, str] | None
    at: float
    message_id: int

    @property
    def text(self) -> str:
        return str(self.parameters.get("text") or self.parameters.get("caption") or "")

    @property
    def buttons(self) -> list[dict[str, str]]:
        markup = self.parameters.get("reply_markup") or {"inline_keyboard": []}
        return [button for row in markup["inline_keyboard"] for button in row]

    @property
    def titles(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def as_message(self, bot: dict[str, Any]) -> dict[str, Any]:
        """As it comes with a tap on one of its buttons."""
        message = {
            "message_id": self.message_id,
            "date": int(self.at),
            "from": bot,
            "chat": {"id": self.chat, "type": "private", "first_name": "A"},
            "text": self.text,
        }
        if self.buttons:
            message["reply_markup"] = self.parameters["reply_markup"]
        return message


@dataclass
class Failure:
    """What comes in place of an answer. `taken`: the message is shown all the same, as where the
    answer is lost on its way. `cut`: the line is cut."""

    status: int = 500
    body: dict[str, Any] | bytes = b"<html>Bad Gateway</html>"
    seconds: float = 0.0
    taken: bool = False
    cut: bool = False

    @classmethod
    def wait(cls, seconds: int) -> Failure:
        """Too many messages."""
        return cls(429, refusal(429, "Too Many Requests: retry later", retry_after=seconds))


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return {**body, "parameters": parameters} if parameters else body


@dataclass
class State:
    """All that the server knows."""

    shown: list[Shown] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    failures: deque[Failure] = field(default_factory=deque)
    webhook: dict[str, Any] = field(default_factory=dict)
    commands: dict[str, Any] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    chats: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    taps: dict[str, bool] = field(default_factory=dict)  # answered?


class BotApiStandIn:
    """The server. `failing` decides by the method whether the next failure is for it."""

    BOT: ClassVar[dict[str, Any]] = {
        "id": 123456789,
        "is_bot": True,
        "first_name": "IMSS",
        "username": "imss_test_bot",
    }

    def __init__(self, pace: float = LEAST_PAUSE, port: int = 0) -> None:
        self.state = State()
        self.changed = threading.Condition()
        self.failing: Callable[[str], bool] = lambda method: method.startswith("send")
        self.pace = pace
        self._numbers = iter(range(1, 10**9))
        self.files = FileStore()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                stand_in._handle(self)

            def do_GET(self) -> None:
                if self.path.startswith(PREFIX):
                    stand_in.files.give(self)
                else:
                    stand_in._handle(self)

            def log_message(self, *_: Any) -> None:
                """Nothing: the test's output is not the place."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- what the bot sees ---------------------------------------------------------------------

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        bot, _, method = request.path.removeprefix("/").partition("/")
        if bot != f"bot{TOKEN}":
            self._reply(request, 401, refusal(401, "Unauthorized"))
            return
        failure = self._failure(method)
        if failure:
            time.sleep(failure.seconds)
            if failure.taken:
                self._answer(method, raw, request.headers.get("Content-Type", ""))
            if failure.cut:
                request.close_connection = True
                request.connection.close()
                return
            if not failure.taken or failure.status != 200:
                self._reply(request, failure.status, failure.body)
                return
        status, body = self._answer(method, raw, request.headers.get("Content-Type", ""))
        self._reply(request, status, body)

    def _failure(self, method: str) -> Failure | None:
        with self.changed:
            if self.state.failures and self.failing(method):
                return self.state.failures.popleft()
        return None

    @staticmethod
    def _reply(request: BaseHTTPRequestHandler, status: int, body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(raw)))
            request.end_headers()
            request.wfile.write(raw)
        except OSError:
            pass  # who asked is gone

    def _answer(self, method: str, raw: bytes, content_type: str) -> Answer:
        try:
            parameters, upload = _read(raw, content_type)
            if method not in METHODS:
                return 404, refusal(404, "Not Found: method not found")
            checked(method, parameters, upload)
        except BrokenRule as broken:
            with self.changed:
                self.state.broken.append(f"{method}: {broken}")
            return 400, refusal(400, f"Bad Request: {broken}")
        with self.changed:
            self.state.calls.append((method, parameters))
            self.changed.notify_all()
        if method.startswith("send"):
            return self._send(method, parameters, upload)
        return getattr(self, f"_{METHODS[method]}")(parameters)  # type: ignore[no-any-return]

    def _send(self, method: str, parameters: dict[str, Any], upload: Any) -> Answer:
        chat = int(parameters["chat_id"])
        with self.changed:
            if chat in self.state.blocked:
                return 403, refusal(403, "Forbidden: bot was blocked by the user")
            if chat not in self.state.chats:
                return 400, refusal(400, "Bad Request: chat not found")
            now = time.time()
            earlier = [shown.at for shown in self.state.shown if shown.chat == chat]
            if earlier and now - earlier[-1] < self.pace:
                self.state.broken.append(f"{method}: {now - earlier[-1]:.2f} s after the last")
            shown = Shown(chat, method, parameters, upload, now, next(self._numbers))
            self.state.shown.append(shown)
            self.changed.notify_all()
        return 200, {"ok": True, "result": shown.as_message(self.BOT)}

    def _file(self, parameters: dict[str, Any]) -> Answer:
        return self.files.told(parameters)

    def _answer_tap(self, parameters: dict[str, Any]) -> Answer:
        tap = str(parameters["callback_query_id"])
        with self.changed:
            if tap not in self.state.taps:
                self.state.broken.append(f"answered a tap that nobody made: {tap}")
                return 400, refusal(400, "Bad Request: query is too old or query ID is invalid")
            self.state.taps[tap] = True
            self.changed.notify_all()
        return 200, {"ok": True, "result": True}

    def _updates(self, parameters: dict[str, Any]) -> Answer:
        if self.state.webhook.get("url"):
            return 409, refusal(409, "Conflict: can't use getUpdates while webhook is active")
        until = time.monotonic() + float(parameters.get("timeout", 0))
        with self.changed:
            offset = int(parameters.get("offset", 0))
            self.state.waiting = [u for u in self.state.waiting if u["update_id"] >= offset]
            while not self.state.waiting and (left := until - time.monotonic()) > 0:
                self.changed.wait(left)
            return 200, {"ok": True, "result": self.state.waiting[:100]}

    def _set_webhook(self, parameters: dict[str, Any]) -> Answer:
        try:
            check_webhook(parameters)
        except BrokenRule as broken:
            return 400, refusal(400, f"Bad Request: bad webhook: {broken}")
        self.state.webhook = parameters
        return 200, {"ok": True, "result": True, "description": "Webhook was set"}

    def _delete_webhook(self, parameters: dict[str, Any]) -> Answer:
        self.state.webhook = {}
        if parameters.get("drop_pending_updates"):
            self.state.waiting = []
        return 200, {"ok": True, "result": True}

    def _webhook_info(self, _parameters: dict[str, Any]) -> Answer:
        info = {
            "url": self.state.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.state.waiting),
        }
        return 200, {"ok": True, "result": {**info, **self.state.webhook.get("info", {})}}

    def _me(self, _parameters: dict[str, Any]) -> Answer:
        return 200, {"ok": True, "result": self.BOT}

    def _set_commands(self, parameters: dict[str, Any]) -> Answer:
        self.state.commands[parameters.get("language_code", "")] = parameters["commands"]
        return 200, {"ok": True, "result": True}

    # --- what people do ------------------------------------------------------------------------

    def number(self) -> int:
        """A number that nothing else has."""
        return next(self._numbers)

    def deliver(self, update: dict[str, Any], times: int = 1) -> list[int]:
        """Sends an update to the webhook, or keeps it for those who ask; gives the statuses."""
        if not self.state.webhook.get("url"):
            with self.changed:
                self.state.waiting += [update] * times
                self.changed.notify_all()
            return []
        statuses = []
        for _ in range(times):
            response = requests.post(
                self.state.webhook["url"],
                json=update,
                headers={HEADER: self.state.webhook["secret_token"]},
                timeout=30,
            )
            statuses.append(response.status_code)
            body = response.json() if response.status_code == 200 else {}
            if "method" in body:
                status, _ = self._answer(
                    body.pop("method"), json.dumps(body).encode(), "application/json"
                )
                assert status == 200
        return statuses

    def wait_for(self, condition: Callable[[], Any], seconds: float = 40) -> Any:
        """What the condition gives when it holds."""
        until = time.monotonic() + seconds
        with self.changed:
            while not (found := condition()):
                left = until - time.monotonic()
                assert left > 0, f"it did not come to that: {self.state.broken}"
                self.changed.wait(min(left, 0.5))
        return found


def _read(raw: bytes, content_type: str) -> tuple[dict[str, Any], Any]:
    if content_type.startswith("application/json"):
        return (json.loads(raw) if raw else {}), None
    if not content_type.startswith("multipart/form-data"):
        raise BrokenRule(f"a body of type {content_type!r}")
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw)
    parameters: dict[str, Any] = {}
    upload = None
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if part.get_filename():  # type: ignore[union-attr]
            upload = (part.get_filename(), content, part.get_content_type())  # type: ignore[union-attr]
            parameters[str(name)] = f"attach:{upload[0]}"
            continue
        text = content.decode("utf-8")
        parameters[str(name)] = json.loads(text) if name in ("reply_markup", "chat_id") else text
    return parameters, upload
