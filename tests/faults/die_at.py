"""Runs `pti` with the real code and ends the process as a power cut does, at a point that a file
names.

    python -m tests.faults.die_at FILE GO brain

While FILE holds the name of a point, the process dies the next time it gets there. The product has
no hooks for this: functions of it are replaced here, in this process alone. Before it begins it
waits for the file GO: importing takes most of a start, and can be done while another still works.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any


def _die_if(point: str, armed: Path) -> None:
    if armed.exists() and armed.read_text("utf-8") == point:
        armed.unlink()  # the next process is not to die of it too
        os.kill(os.getpid(), signal.SIGKILL)


def _replace(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
    setattr(owner, name, wraps(getattr(owner, name))(replacement))


def _before(armed: Path, owner: Any, name: str, point: str) -> None:
    real = getattr(owner, name)

    def call(*arguments: Any, **keywords: Any) -> Any:
        _die_if(point, armed)
        return real(*arguments, **keywords)

    _replace(owner, name, call)


def _after(armed: Path, owner: Any, name: str, point: str) -> None:
    real = getattr(owner, name)

    def call(*arguments: Any, **keywords: Any) -> Any:
        result = real(*arguments, **keywords)
        if result is not None or name != "claim":
            _die_if(point, armed)
        return result

    _replace(owner, name, call)


def _arm_gateway(armed: Path) -> None:
    from bot.messaging.received_media import ReceivedMedia

    _before(armed, ReceivedMedia, "keep", "media fetched, not kept")
    _after(armed, ReceivedMedia, "keep", "media kept, not read")
    _before(armed, ReceivedMedia, "finish", "media read, not noted")
    _after(armed, ReceivedMedia, "_release", "media noted, not committed")
    _after(armed, ReceivedMedia, "finish", "media noted, not deleted")
    _before(armed, ReceivedMedia, "done", "media deleted, not noted")


def _arm(armed: Path) -> None:
    from bot.messaging.actions_endpoint import InProcessActions
    from bot.messaging.assistant import Assistant
    from bot.messaging.errands import Errands
    from bot.messaging.inbox import Inbox
    from bot.messaging.outbox import Outbox

    def after_awaiting(owner: Any, name: str, point: str) -> None:
        real: Callable[..., Awaitable[Any]] = getattr(owner, name)

        async def call(*arguments: Any, **keywords: Any) -> Any:
            result = await real(*arguments, **keywords)
            _die_if(point, armed)
            return result

        _replace(owner, name, call)

    _after(armed, Inbox, "claim", "claimed")
    _before(armed, Assistant, "parse", "before parsing")
    after_awaiting(InProcessActions, "request", "in the middle of the actions")
    after_awaiting(Assistant, "turn", "after the turn")
    _before(armed, Outbox, "_end", "its place taken, nothing written")
    _after(armed, Outbox, "_end", "all written, not committed")
    _after(armed, Outbox, "finish", "committed")
    _after(armed, Errands, "claim", "errand claimed")
    _around_the_end_of_errands(Errands, armed)


def _around_the_end_of_errands(errands: Any, armed: Path) -> None:
    real = errands.finish

    def finish(self: Any, errand: Any, *arguments: Any) -> None:
        _die_if(f"{errand.kind} done, not committed", armed)
        real(self, errand, *arguments)
        _die_if(f"{errand.kind} committed", armed)

    _replace(errands, "finish", finish)


POINTS = (
    "claimed",
    "before parsing",
    "in the middle of the actions",
    "after the turn",
    "its place taken, nothing written",
    "all written, not committed",
    "committed",
)

ERRAND_POINTS = (
    "errand claimed",
    "register done, not committed",
    "register committed",
    "capture_line done, not committed",
    "capture_line committed",
)

MEDIA_POINTS = (
    "media fetched, not kept",
    "media kept, not read",
    "media read, not noted",
    "media noted, not committed",
    "media noted, not deleted",
    "media deleted, not noted",
)

if __name__ == "__main__":
    from bot.cli import main
    from tests.faults.as_brain import prepare

    prepare()
    # What the brain is made of takes long to import.
    (_arm_gateway if sys.argv[3] == "gateway" else _arm)(Path(sys.argv[1]))
    while not Path(sys.argv[2]).exists():
        time.sleep(0.05)
    main(sys.argv[3:], prog_name="pti")
