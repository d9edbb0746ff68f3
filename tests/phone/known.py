"""The phone line of the tests: its secret, and what its exchange sends."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any

from bot.settings import Settings, read_settings
from tests.support.service import SECRETS
from tests.telegram.known import TOKEN as BOT_TOKEN
from tests.telegram.known import WEBHOOK_SECRET
from tests.twilio.known import PUBLIC_URL, TWILIO

SECRET = "the secret of the line of the tests, long enough"
BOT = "imss_test_bot"
LINE = {
    "PTI_HANDOFF_SECRET": SECRET,
    "PTI_HANDOFF_TELEGRAM_BOT": BOT,
    "PTI_VOICE": "on",
    "PTI_VOICE_WAIT_SECONDS": "4",
}
TELEGRAM = {"PTI_TELEGRAM_TOKEN": BOT_TOKEN, "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET}
_calls = itertools.count(1)
_numbers = itertools.count(1)


def new_number() -> str:
    """A number that nobody used before."""
    return f"+1555666{next(_numbers):04d}"


def line_settings(database_url: str, **more: str) -> Settings:
    """Settings with Twilio, Telegram and the line."""
    given = {"PTI_DATABASE_URL": database_url, "PTI_PUBLIC_URL": PUBLIC_URL}
    return read_settings({**SECRETS, **TWILIO, **TELEGRAM, **LINE, **given, **more})


def call(**changes: Any) -> dict[str, Any]:
    """A call that goes on in writing; `None` leaves a field out."""
    body = {
        "call_id": f"pbx-{next(_calls):06d}",
        "caller": {"number": new_number()},
        "language": "es",
        "reason": "ask_how_to_pay",
        "consent": True,
        "channel": "any",
        "agent": "María",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers, as the manual says how to make them: without our code."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return {"X-PTI-Timestamp": timestamp, "X-PTI-Signature": f"sha256={digest.hexdigest()}"}


def as_json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
