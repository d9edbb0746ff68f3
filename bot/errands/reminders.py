"""The errand that reminds: not at night, and not of what is paid already."""

from __future__ import annotations

from datetime import datetime, timezone

from bot.imss.client import ImssClient
from bot.imss.errors import ServiceError
from bot.messaging.errand_runner import Result
from bot.messaging.errands import Errand
from bot.programme.area_time_zone import next_allowed


def remind(errand: Errand, client: ImssClient | None) -> Result:
    """A reminder, at an hour at which one may write; nothing where the line is paid or void."""
    request = errand.request
    now = datetime.now(tz=timezone.utc)
    wait = (next_allowed(now, request["time_zone"]) - now).total_seconds()
    if wait > 0:
        return Result("night", again_seconds=wait)
    if request["what"] == "due" and client is not None and not _to_be_paid(request, client):
        return Result("not_needed", silent=True)
    return Result("done", {name: request[name] for name in ("what", "pay_by", "amount", "until")})


def _to_be_paid(request: dict[str, str], client: ImssClient) -> bool:
    try:
        return client.capture_line(request["folio"], request["capture_line"]).state == "issued"
    except ServiceError:
        # Better reminded once too often than left without cover.
        return True
