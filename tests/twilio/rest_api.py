"""Twilio's REST interface for messages and contents: a real HTTP server with its rules, on this
machine.

It refuses what Twilio refuses and keeps a list of it; it can fail, be slow, cut the line after it
took a message, and calls our status callbacks back, signed."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from twilio.request_validator import RequestValidator

from tests.twilio.content_api import PATH as CONTENT_PATH
from tests.twilio.content_api import ContentApi, Rejected, Seen
from tests.twilio.known import ACCOUNT, SMS_FROM, TEMPLATES, TOKEN, WHATSAPP_FROM
from tests.twilio.media_store import MediaStore

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
LONGEST_BODY = 1600
FIELDS = {
    "To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback", "ContentSid",
    "ContentVariables",
}  # fmt: skip
# Refusals that are no fault of ours.
EXPECTED = (21610, 63016)
CALLBACK_PATH = "/webhooks/twilio/status"


@dataclass
class Failure:
    """What comes in place of an answer. `taken`: the message is taken all the same, as where the
    answer is lost on its way. `cut`: the line is cut."""

    status: int = 503
    code: int = 20503
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seconds_after: float = 0.0
    taken: bool = False
    cut: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Who called was killed: that is what the tests are about."""


class TwilioStandIn:
    """The server. `taken` are the fields of the messages that it took, each with its `sid`."""

    requests_as: type[BaseHTTPRequestHandler] = BaseHTTPRequestHandler

    def __init__(self, callback_to: str = "") -> None:
        self.taken: list[dict[str, str]] = []
        self.broken: list[str] = []
        self.contents = ContentApi()
        self.media = MediaStore(self.broken)
        self.failures: deque[Failure] = deque()
        self.content_failures: deque[Failure] = deque()
        # Whether the token is ours still.
        self.knows_us = True
        self.failing: Callable[[], bool] = lambda: True
        self.opted_out: set[str] = set()
        self.window_closed: set[str] = set()
        # Where the gateway is reached; the callbacks' address names the public one.
        self.callback_to = callback_to
        self.callback_needed = True
        self.statuses: tuple[str, ...] = ("queued", "sent", "delivered")
        self.changed = threading.Condition()
        self.calls = 0
        self.content_calls: list[str] = []
        stand_in = self

        class Handler(self.requests_as):  # type: ignore[name-defined,misc]
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece: two would wait 40 ms for each other

            def do_POST(self) -> None:
                stand_in._handle(self)

            def do_GET(self) -> None:
                if self.path.startswith(CONTENT_PATH):
                    stand_in._handle(self)
                else:
                    stand_in.media.get(self)

            def do_DELETE(self) -> None:
                stand_in.media.delete(self)

            def log_message(self, *_: Any) -> None:
                """Nothing: the test's output is not the place."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- what we call --------------------------------------------------------------------------

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        of_contents = request.path.startswith(CONTENT_PATH)
        failures = self.content_failures if of_contents else self.failures
        with self.changed:
            self.calls += 1
            failure = failures.popleft() if failures and self.failing() else None
        if failure:
            time.sleep(failure.seconds)
            if failure.taken:
                self._answer(request, raw)
            time.sleep(failure.seconds_after)
            if failure.cut:
                request.close_connection = True
                request.connection.close()
                return
            if failure.status:
                body = {"code": failure.code, "message": "no", "status": failure.status}
                reply(request, failure.status, body, failure.headers)
                return
        reply(request, *self._answer(request, raw))

    def _answer(self, request: BaseHTTPRequestHandler, raw: bytes) -> tuple[int, dict[str, Any]]:
        try:
            self._check_token(request)
            if request.path.startswith(CONTENT_PATH):
                return self._answer_about_contents(request, raw)
            fields = self._checked(request, raw)
        except Rejected as rejected:
            if rejected.code not in EXPECTED and self.knows_us:
                with self.changed:
                    self.broken.append(f"{rejected.code} {rejected}")
            status = 401 if rejected.code == 20003 else 400
            return status, {"code": rejected.code, "message": str(rejected), "status": status}
        with self.changed:
            fields["sid"] = f"SM{len(self.taken):032x}"
            self.taken.append(fields)
            self.changed.notify_all()
        if self.gateway_url():
            self._beside(self._call_back, fields)
        return 201, {"sid": fields["sid"], "status": "queued", "error_code": None}

    def _check_token(self, request: BaseHTTPRequestHandler) -> None:
        wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}" or not self.knows_us:
            raise Rejected(20003, "Authenticate")

    def _answer_about_contents(
        self, request: BaseHTTPRequestHandler, raw: bytes
    ) -> tuple[int, dict[str, Any]]:
        with self.changed:
            self.content_calls.append(request.command)
            if request.command == "POST" and request.path == CONTENT_PATH:
                return 201, self.contents.create(request.headers.get("Content-Type"), raw)
            return 200, self.contents.page(request.path)

    def _checked(self, request: BaseHTTPRequestHandler, raw: bytes) -> dict[str, str]:
        if request.path != PATH:
            raise Rejected(20404, f"no such resource {request.path}")
        if request.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Rejected(20001, "not a form")
        parsed = parse_qs(raw.decode("utf-8"), keep_blank_values=True, strict_parsing=True)
        if unknown := set(parsed) - FIELDS:
            raise Rejected(20001, f"unknown fields {unknown}")
        fields = {name: values[0] for name, values in parsed.items()}
        if any(len(values) > 1 for values in parsed.values()):
            raise Rejected(20001, "a field twice")
        self._check_people(fields)
        self._check_content(fields)
        if self.callback_needed:
            _check_callback(fields.get("StatusCallback", ""))
        return fields

    def _check_people(self, fields: dict[str, str]) -> None:
        to, sender = fields.get("To", ""), fields.get("From", "")
        whatsapp = to.startswith("whatsapp:")
        if sender != (f"whatsapp:{WHATSAPP_FROM}" if whatsapp else SMS_FROM):
            raise Rejected(21606, f"a From that is not ours: {sender}")
        number = to.removeprefix("whatsapp:")
        if not (number.startswith("+") and number[1:].isdecimal()) and not (
            whatsapp and number[2:3] == "."
        ):
            raise Rejected(21211, "Invalid 'To' Phone Number")
        if to in self.opted_out:
            raise Rejected(21610, "Attempt to send to unsubscribed recipient")
        if to in self.window_closed and fields.get("ContentSid") not in TEMPLATES:
            raise Rejected(63016, "outside the allowed window")

    def _check_content(self, fields: dict[str, str]) -> None:
        body, media, template = (fields.get(n, "") for n in ("Body", "MediaUrl", "ContentSid"))
        if not (body or media or template):
            raise Rejected(21602, "Message body is required")
        if len(body) > LONGEST_BODY:
            raise Rejected(21617, "The concatenated message body exceeds 1600 characters")
        if media and len(body) > 1024:
            raise Rejected(63021, "a caption that is too long")
        if media and not media.startswith(("https://", "http://127.0.0.1:")):
            raise Rejected(21620, "Invalid media URL(s)")
        if "ContentVariables" in fields and not template:
            raise Rejected(21654, "A ContentSid is required")
        if template and (body or media):
            raise Rejected(35127, "Body and ContentSid cannot be provided together")
        if template and not fields["To"].startswith("whatsapp:"):
            raise Rejected(63005, "an SMS cannot be tapped")
        if template in TEMPLATES:
            given = json.loads(fields.get("ContentVariables", "{}"))
            if set(given) != set(TEMPLATES[template]) or not all(given.values()):
                raise Rejected(21656, "ContentVariables are wrong")
        self.seen(fields)

    def gateway_url(self) -> str:
        """Where the next callback goes; empty: to the address that it names."""
        return self.callback_to

    def _beside(self, work: Callable[..., None], *args: Any) -> None:
        """Does something while it answers."""
        threading.Thread(target=work, args=args, daemon=True).start()

    def _call_back(self, fields: dict[str, str]) -> None:
        for status in self.statuses:
            self.report(fields, status)

    # --- what Twilio calls ---------------------------------------------------------------------

    def report(self, fields: dict[str, str], status: str, code: int | None = None) -> int:
        """Calls the status callback of a message that was taken."""
        given = {"MessageSid": fields["sid"], "MessageStatus": status, "To": fields["To"]}
        if code:
            given["ErrorCode"] = str(code)
        try:
            return self.post(fields["StatusCallback"], given).status_code
        except requests.RequestException:
            return 0

    def post(self, url: str, fields: dict[str, str]) -> requests.Response:
        """A signed request: signed for the public address, sent to where the gateway is."""
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        parts = urlsplit(url)
        target = f"{self.gateway_url() or f'{parts.scheme}://{parts.netloc}'}{parts.path}"
        return requests.post(
            target + (f"?{parts.query}" if parts.query else ""),
            data=urlencode(fields),
            headers={
                "X-Twilio-Signature": signature,
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            },
            timeout=15,
        )

    def seen(self, fields: dict[str, str]) -> Seen | None:
        """What a person sees of a message with options to tap; None for any other."""
        sid = fields.get("ContentSid", "")
        if not sid or sid in TEMPLATES:
            return None
        return self.contents.seen(sid, fields["ContentVariables"])

    def text(self, fields: dict[str, str]) -> str:
        """The text that a person reads, with the titles of what can be tapped."""
        if (seen := self.seen(fields)) is None:
            return fields.get("Body", "")
        return "\n".join([seen.body, "", *(f"[{title}]" for title, _ in seen.options)])

    def to(self, address: str) -> list[dict[str, str]]:
        """The messages that were taken for an address."""
        with self.changed:
            return [fields for fields in self.taken if fields["To"] == address]


def _check_callback(url: str) -> None:
    parts = urlsplit(url)
    name = parse_qs(parts.query).get("message", [""])[0].split(".")
    if parts.path != CALLBACK_PATH or len(name) != 3 or len(name[0]) != 32:
        raise Rejected(21609, f"Invalid StatusCallback {url}")


def reply(
    request: BaseHTTPRequestHandler,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> None:
    """Answers with JSON; who asked may be gone."""
    raw = json.dumps(body).encode()
    try:
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)
    except OSError:
        pass
