"""Lines that are kept open between requests, as a proxy in front of a gateway keeps them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

# Servers close what idles for five seconds.
IDLE_SECONDS = 2.0


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
            answer = await reader.readuntil(b"\r\n\r\n")
            first, *headers = answer.lower().split(b"\r\n")
            named = dict(header.split(b": ", 1) for header in headers if b": " in header)
            await reader.readexactly(int(named.get(b"content-length", b"0")))
            keep = b"close" not in named.get(b"connection", b"")
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
        self._kept: dict[str, list[tuple[HTTPConnection, float]]] = {}

    def post(self, server: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer. Raises OSError or HTTPException."""
        while (line := self._line(server)) is not None:
            with contextlib.suppress(OSError, HTTPException):
                return self._ask(server, line, path, body, headers)
        target = urlsplit(server)
        opened = HTTPConnection(str(target.hostname), target.port, timeout=15)
        return self._ask(server, opened, path, body, headers)

    def _ask(
        self, server: str, line: HTTPConnection, path: str, body: bytes, headers: dict[str, str]
    ) -> int:
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
        except BaseException:
            line.close()
            raise
        self._kept.setdefault(server, []).append((line, time.monotonic()))
        return answer.status

    def _line(self, server: str) -> HTTPConnection | None:
        lines = self._kept.get(server, [])
        with contextlib.suppress(IndexError):  # another thread took the last
            while True:
                line, used = lines.pop()
                if time.monotonic() - used < IDLE_SECONDS:
                    return line
                line.close()
        return None
