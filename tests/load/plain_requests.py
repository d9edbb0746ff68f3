"""Requests read and answered by hand: the standard library reads headers as those of a letter.

That took a third of the stand-in's time, and what it takes, what is measured has not."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

from multidict import CIMultiDict


class PlainRequests(BaseHTTPRequestHandler):
    """Of clients that write HTTP as it should be."""

    def parse_request(self) -> bool:
        """Reads the first line, which is there, and the headers."""
        first = self.raw_requestline.decode("latin-1").split()
        self.command, self.path, self.request_version = first
        headers: CIMultiDict[str] = CIMultiDict()
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name] = value.strip()
        self.headers = headers  # type: ignore[assignment]
        self.close_connection = headers.get("Connection", "").lower() == "close"
        return True

    def send_response(self, code: int, message: str | None = None) -> None:
        """The first line alone."""
        self._headers_buffer = [f"HTTP/1.1 {code} {message or ''}\r\n".encode()]
