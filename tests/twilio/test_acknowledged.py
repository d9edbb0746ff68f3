"""How long Twilio waits for the acknowledgement of a message that was stored."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.postgres import PostgresServer
from tests.twilio.conftest import MESSAGES
from tests.twilio.house import House
from tests.twilio.known import PUBLIC_URL
from tests.twilio.test_webhook_signature import message

REQUESTS = 300
MOST_SECONDS = 0.150


def test_the_99th_percentile(tmp_path: Path, postgres: PostgresServer) -> None:
    """Of the real gateway, one request after the other, from new and from known people."""
    for name, url in {
        "sqlite": f"sqlite:///{tmp_path / 'pti.db'}",
        "postgresql": postgres.new_database(),
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        house = House(url, tmp_path / "no-model", folder)
        try:
            took = sorted(_timed(house, number) for number in range(REQUESTS))
        finally:
            house.close()
        print(f"{name}: median {took[REQUESTS // 2]:.3f} s, 99 % {took[-4]:.3f} s")  # noqa: T201
        assert took[-4] < MOST_SECONDS


def _timed(house: House, number: int) -> float:
    fields = message(From=f"+1555666{number // 3:04d}")
    began = time.perf_counter()
    assert house.twilio.post(PUBLIC_URL + MESSAGES, fields).status_code == 200
    return time.perf_counter() - began
