"""Lines that are kept open between requests, as a proxy in front of a gateway keeps them."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.twilio.conftest import FORM
from tests.twilio.known import TOKEN

# The first server to close what idles does so after five seconds: stock Rasa's.
IDLE_SECONDS = 2.0
TIMEOUT_SECONDS = 15.0
END = b"\r\n\r\n"


def signed_post(url: str, fields: Mapping[str, str]) -> bytes:
    """A webhook as Twilio sends it to a public address. Signed as Twilio's own library does, at a
    third of the cost."""
    of_url = urlsplit(url)
    path = f"{of_url.path}?{of_url.query}" if of_url.query else of_url.path
    said = url + "".join(name + fields[name] for name in sorted(fields))
    signature = b64encode(hmac.digest(TOKEN.encode(), said.encode(), "sha1")).decode()
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: gateway\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Lines:
    """Of one event loop, to any number of servers."""

    _kept: dict[str, list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]]] = field(
        default_factory=dict
    )

    async def post(self, server: str, request: bytes) -> bytes:
        """The first line of the answer; empty where there was none. Raises OSError."""
        while (line := self._line(server)) is not None:
            with contextlib.suppress(OSError):
                if answer := await self._ask(server, *line, request):
                    return answer
            # Its server ended: nothing is said of the next one.
        target = urlsplit(server)
        opened = await asyncio.open_connection(target.hostname, target.port)
        return await self._ask(server, *opened, request)

    async def _ask(
        self,
        server: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        request: bytes,
    ) -> bytes:
        keep = False
        try:
            writer.write(request)
            first, length, keep_after = _read(await reader.readuntil(END))
            await reader.readexactly(length)
            keep = keep_after
            return first
        except asyncio.IncompleteReadError:
            return b""
        finally:
            if keep:
                self._kept.setdefault(server, []).append((reader, writer, time.monotonic()))
            else:
                writer.close()

    def _line(self, server: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        lines = self._kept.get(server, [])
        while lines:
            reader, writer, used = lines.pop()
            if time.monotonic() - used < IDLE_SECONDS and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def close(self) -> None:
        """Hangs up."""
        writers = [writer for lines in self._kept.values() for _, writer, _ in lines]
        self._kept.clear()
        for writer in writers:
            writer.close()
        await asyncio.gather(*(one.wait_closed() for one in writers), return_exceptions=True)


class ThreadsLines:
    """Of many threads, one request of each at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[socket.socket, float]]] = {}

    def post(self, server: str, request: bytes) -> bytes:
        """The first line of the answer. Raises OSError."""
        while (line := self._line(server)) is not None:
            with contextlib.suppress(OSError):
                return self._ask(server, line, request)
        target = urlsplit(server)
        opened = socket.create_connection((target.hostname, target.port), TIMEOUT_SECONDS)
        return self._ask(server, opened, request)

    def _ask(self, server: str, line: socket.socket, request: bytes) -> bytes:
        keep = False
        try:
            line.sendall(request)
            answer = b""
            while END not in answer:
                answer += _received(line)
            head, _, body = answer.partition(END)
            first, length, keep_after = _read(head)
            while len(body) < length:
                body += _received(line)
            keep = keep_after
            return first
        finally:
            if keep:
                self._kept.setdefault(server, []).append((line, time.monotonic()))
            else:
                line.close()

    def _line(self, server: str) -> socket.socket | None:
        lines = self._kept.get(server, [])
        with contextlib.suppress(IndexError):  # another thread took the last
            while True:
                line, used = lines.pop()
                if time.monotonic() - used < IDLE_SECONDS:
                    return line
                line.close()
        return None


def _received(line: socket.socket) -> bytes:
    if not (more := line.recv(4096)):
        raise ConnectionError("the line was cut")
    return more


def _read(head: bytes) -> tuple[bytes, int, bool]:
    """Of an answer: its first line, how long its body is, whether the line is kept."""
    first, *headers = head.lower().split(b"\r\n")
    named = dict(header.split(b": ", 1) for header in headers if b": " in header)
    length, connection = named.get(b"content-length", b"0"), named.get(b"connection", b"")
    return first, int(length), b"close" not in connection
