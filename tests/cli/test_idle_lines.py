"""Lines that a proxy keeps to our servers."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.service import Service

# After five our server would close them if nobody told it otherwise.
IDLE_SECONDS = 7.0


@pytest.mark.parametrize(("command", "path"), [("gateway", "/health"), ("console", "/login")])
def test_an_idle_line_is_the_proxys_to_close_and_holds_up_no_end(
    command: str, path: str, tmp_path: Path
) -> None:
    service = Service(f"sqlite:///{tmp_path / 'pti.db'}", Path(), tmp_path)
    process = service.start(command, environment={"PTI_CONSOLE_PORT": str(service.port)})
    try:
        with closing(_opened(service.port, path)) as line:
            time.sleep(IDLE_SECONDS)
            assert _asked(line, path) == 200
            process.send_signal(signal.SIGTERM)
            process.wait(30)  # raises where the line holds it up
    finally:
        service.stop()


def _opened(port: int, path: str) -> HTTPConnection:
    """A line on which the server has answered, as soon as it does."""
    until = time.monotonic() + 120
    while True:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            assert _asked(line, path) == 200
            return line
        except ConnectionRefusedError:
            line.close()
            assert time.monotonic() < until
            time.sleep(0.1)


def _asked(line: HTTPConnection, path: str) -> int:
    line.request("GET", path)
    answer = line.getresponse()
    answer.read()
    assert not answer.will_close
    return answer.status
