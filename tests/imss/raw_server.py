"""A server that sends bytes, whatever they are."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

Talk = Callable[[socket.socket], None]


def http(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An HTTP answer; `length` is what it says its length is."""
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_answer(value: Any, status: int = 200) -> bytes:
    """An HTTP answer with JSON."""
    return http(status, json.dumps(value).encode(), "Content-Type: application/json")


class RawServer:
    """Reads a request, then talks. `requests` are what was sent to it."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.requests.append(connection.recv(65536))
            self._talk(connection)

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()


@contextlib.contextmanager
def raw_server(answer: bytes | Talk) -> Iterator[RawServer]:
    """A server that gives the same answer to all."""

    def send(connection: socket.socket) -> None:
        assert isinstance(answer, bytes)
        connection.sendall(answer)

    server = RawServer(send if isinstance(answer, bytes) else answer)
    yield server
    server.close()
