"""What people sent, as Twilio keeps it: whoever has the account's credentials is led to another
address, which wants none, until the file is deleted."""

from __future__ import annotations

import base64
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.twilio.known import ACCOUNT, TOKEN

MEDIA = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM%032x/Media/ME%032x"
CDN = "/cdn/"


@dataclass
class Trouble:
    """What comes in place of the file: a status, a cut in the middle, or after a while."""

    status: int = 200
    cut: bool = False
    seconds: float = 0.0
    redirect: str = ""
    claimed_length: int | None = None


class MediaStore:
    """The files, by their path. `broken` is the stand-in's list of what Twilio would not admit."""

    def __init__(self, broken: list[str]) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        self.fetched: list[str] = []
        self.deleted: list[str] = []
        self.troubles: deque[Trouble] = deque()
        self._broken = broken
        self._lock = threading.Lock()

    def add(self, content_type: str, content: bytes) -> str:
        """Keeps a file and gives its path."""
        with self._lock:
            number = len(self.files) + len(self.deleted) + 1
            path = MEDIA % (number, number)
            self.files[path] = (content_type, content)
        return path

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """A file is at another address, which is given without credentials."""
        if request.path.startswith(CDN):
            self._give(request, request.path.removeprefix(CDN.rstrip("/")))
        elif not _is_account(request):
            _answer(request, 401)
        elif request.path not in self.files:
            _answer(request, 404)
        else:
            trouble = self.troubles[0] if self.troubles else Trouble()
            onwards = trouble.redirect or CDN.rstrip("/") + request.path
            if trouble.redirect:
                self.troubles.popleft()
            _answer(request, 307, Location=onwards)

    def _give(self, request: BaseHTTPRequestHandler, path: str) -> None:
        if request.headers.get("Authorization"):
            self._broken.append("credentials were given to another address")
        with self._lock:
            trouble = self.troubles.popleft() if self.troubles else Trouble()
            kept = self.files.get(path)
            self.fetched.append(path)
        time.sleep(trouble.seconds)
        if kept is None or trouble.status != 200:
            _answer(request, 404 if kept is None else trouble.status)
            return
        content_type, content = kept
        _answer(
            request,
            200,
            content[: len(content) // 2] if trouble.cut else content,
            trouble.claimed_length if trouble.claimed_length is not None else len(content),
            **{"Content-Type": content_type},
        )
        if trouble.cut or trouble.claimed_length is not None:
            request.close_connection = True
            request.connection.close()

    def delete(self, request: BaseHTTPRequestHandler) -> None:
        """A file is gone for good."""
        if not _is_account(request):
            self._broken.append("somebody else wants to delete")
            _answer(request, 401)
            return
        with self._lock:
            there = self.files.pop(request.path, None)
            if there:
                self.deleted.append(request.path)
        _answer(request, 204 if there else 404)


def _is_account(request: BaseHTTPRequestHandler) -> bool:
    wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {wanted}"


def _answer(
    request: BaseHTTPRequestHandler,
    status: int,
    content: bytes = b"",
    length: int | None = None,
    **headers: str,
) -> None:
    try:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        if status != 204:
            request.send_header("Content-Length", str(len(content) if length is None else length))
        request.end_headers()
        request.wfile.write(content)
    except OSError:
        pass  # who asked is gone
