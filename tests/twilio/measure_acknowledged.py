"""How long Twilio waits for the acknowledgement of a message that was stored: of the real gateway,
one request after the other, from new and from known people.

`python -m tests.twilio.measure_acknowledged` prints it; Twilio gives up after 15 s.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.support.postgres import PostgresServer
from tests.twilio.conftest import MESSAGES
from tests.twilio.house import House
from tests.twilio.known import PUBLIC_URL
from tests.twilio.test_webhook_signature import message

REQUESTS = 300


def main() -> None:
    """Prints median and 99th percentile on each database, in milliseconds."""
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = {"sqlite": f"sqlite:///{folder}/pti.db", "postgresql": server.new_database()}
            for name, url in urls.items():
                took = _measured(url, Path(folder) / name)
                median, most = took[REQUESTS // 2], took[-REQUESTS // 100]
                print(f"{name}: median {1000 * median:.1f} ms, 99 % {1000 * most:.1f} ms")  # noqa: T201
    finally:
        server.close()


def _measured(url: str, folder: Path) -> list[float]:
    folder.mkdir()
    house = House(url, folder / "no-model", folder)
    try:
        return sorted(_timed(house, number) for number in range(REQUESTS))
    finally:
        house.close()


def _timed(house: House, number: int) -> float:
    fields = message(From=f"+1555666{number // 3:04d}")
    began = time.perf_counter()
    assert house.twilio.post(PUBLIC_URL + MESSAGES, fields).status_code == 200
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
