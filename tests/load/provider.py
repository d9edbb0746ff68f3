"""Twilio's stand-in as a process of its own, which writes down every call that it gets.

    python -m tests.load.provider RECORD GATEWAY...

It prints its address, takes changes of its behaviour as lines of JSON, and ends when its input
does. Each gateway calls it under a path of its own, so that a call is known to be of a process.
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.load.lines import ThreadsLines, signed_post
from tests.load.plain_requests import PlainRequests
from tests.twilio.rest_api import TwilioStandIn, reply

CALLED_BACK_AT_ONCE = 256
UNAVAILABLE = {"code": 20503, "message": "no", "status": 503}


@dataclass(frozen=True)
class Behaviour:
    """How it answers: within so many seconds, failing or losing the answer of a share of calls."""

    least_seconds: float = 0.02
    most_seconds: float = 0.08
    failing: float = 0.0
    losing: float = 0.0
    statuses: tuple[str, ...] = ("sent", "delivered")


@dataclass(frozen=True)
class Call:
    """A call: by which gateway, from when until when, for which part of which reply, whether the
    message was taken, and whether the answer was lost."""

    gateway: str
    began: float
    ended: float
    name: str
    to: str
    body: str
    taken: bool
    lost: bool

    @property
    def part(self) -> tuple[str, int]:
        """The reply's uuid and the number of its part."""
        uuid, part, _parts = self.name.split(".")
        return uuid, int(part)


class RecordingStandIn(TwilioStandIn):
    """Takes calls of several gateways and keeps a record of them in a file. Without gateways there
    is nobody to be called back."""

    requests_as = PlainRequests

    def __init__(self, record: Path, gateways: Sequence[str]) -> None:
        self.behaviour = Behaviour()
        self._gateways = gateways
        self._record = record.open("a", encoding="utf-8")
        self._random = random.Random(1)  # noqa: S311
        self._lines = ThreadsLines()
        self._threads = ThreadPoolExecutor(CALLED_BACK_AT_ONCE)
        super().__init__()
        self.statuses = self.behaviour.statuses
        self.callback_needed = bool(gateways)

    def gateway_url(self) -> str:
        """Any of the gateways, as behind a balancer."""
        return self._random.choice(self._gateways) if self._gateways else ""

    def report(self, fields: dict[str, str], status: str, code: int | None = None) -> int:
        """As every stand-in does, at a third of the cost: what it takes, the load's machine has not
        for what is measured."""
        assert code is None
        given = {"MessageSid": fields["sid"], "MessageStatus": status, "To": fields["To"]}
        request = signed_post(fields["StatusCallback"], given)
        try:
            answer = self._lines.post(self.gateway_url(), request)
            return int(answer.split(b" ")[1])
        except OSError:
            return 0

    def _beside(self, work: Callable[..., None], *args: Any) -> None:
        self._threads.submit(work, *args)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        super().close()

    def behave(self, changes: dict[str, Any]) -> None:
        """Changes how it answers from now on."""
        self.behaviour = replace(self.behaviour, **changes)
        self.statuses = tuple(self.behaviour.statuses)

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        began, behaviour = time.monotonic(), self.behaviour
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        gateway, request.path = _without_gateway(request.path)
        with self.changed:
            seconds = self._random.uniform(behaviour.least_seconds, behaviour.most_seconds)
            failing = self._random.random() < behaviour.failing
            losing = self._random.random() < behaviour.losing
        time.sleep(seconds)
        status, body = (503, UNAVAILABLE) if failing else self._answer(request, raw)
        lost = losing and status == 201
        self._write_down(gateway, began, raw, status == 201, lost)
        if lost:
            request.close_connection = True
            request.connection.close()
            return
        reply(request, status, body)

    def _write_down(self, gateway: str, began: float, raw: bytes, taken: bool, lost: bool) -> None:
        call = {
            "gateway": gateway,
            "began": began,
            "ended": time.monotonic(),
            "sent": raw.decode("utf-8"),
            "taken": taken,
            "lost": lost,
        }
        with self.changed:
            self._record.write(json.dumps(call) + "\n")
            self._record.flush()


def _call(sent: str, **known: Any) -> Call:
    """Of what was written down while there was no time to read it."""
    fields = parse_qs(sent)
    callback = urlsplit(fields.get("StatusCallback", [""])[0])
    return Call(
        name=parse_qs(callback.query).get("message", [""])[0],
        to=fields.get("To", [""])[0],
        body=fields.get("Body", [""])[0],
        **known,
    )


def _without_gateway(path: str) -> tuple[str, str]:
    gateway, _, rest = path.removeprefix("/").partition("/")
    return gateway, f"/{rest}"


class Provider:
    """The process. What it wrote down is read when it is asked for."""

    def __init__(self, folder: Path, gateways: Sequence[str]) -> None:
        self._record = folder / "provider.jsonl"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.provider", str(self._record), *gateways],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the provider's stand-in did not start"

    def behave(self, **changes: Any) -> None:
        """Changes a Behaviour's fields."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(changes) + "\n")
        self._process.stdin.flush()

    def calls(self) -> list[Call]:
        """All calls, in the order in which they were answered."""
        return sorted(self._calls(), key=lambda call: call.ended)

    def _calls(self) -> Iterator[Call]:
        with self._record.open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("{"):
                    yield _call(**json.loads(line))

    def stop(self) -> list[str]:
        """Ends it; what it was sent that Twilio does not admit."""
        broken, _ = self._process.communicate(timeout=30)
        return [line for line in broken.splitlines() if line]


def main(record: str, *gateways: str) -> None:
    """Serves until the input ends; then prints what was not admitted."""
    server = RecordingStandIn(Path(record), gateways)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        server.behave(json.loads(line))
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=server.close, daemon=True).start()
    sys.stdout.write("\n".join(server.broken))


if __name__ == "__main__":
    main(*sys.argv[1:])
