"""Runs `pti` with the real code and lets harm come to it, as files of a folder say.

    python -m tests.faults.harmed FOLDER NAME gateway

`echo brain` in place of `gateway` is the brain that only repeats (`tests.faults.echo_brain`).

    FOLDER/poison         the process dies in the turn of a message that holds this text
    FOLDER/hang-NAME      it stops in its tracks in the middle of its next commit of a turn
    FOLDER/clock-NAME     its clock is so many seconds ahead (behind, where negative)

The product has no hooks for this: what is harmed is replaced here, in this process alone. The clock
is Python's `time.time` and what SQLite takes for now; waits are by another, which nobody sets.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

UNIX_EPOCH_DAY = 2440587.5
DAY_SECONDS = 86400.0


def _text_of(file: Path) -> str:
    """What stands in it; nothing where it is not there, or is taken away just now."""
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return ""


def set_clock(file: Path) -> None:
    """From now on this process reads the time as the file says."""
    real_time, real_connect = time.time, sqlite3.connect

    def harmed_time() -> float:
        return real_time() + float(_text_of(file) or 0.0)

    def julian_day(what: str) -> float:
        assert what == "now", what
        return harmed_time() / DAY_SECONDS + UNIX_EPOCH_DAY

    def connect(*arguments: Any, **keywords: Any) -> sqlite3.Connection:
        connection = real_connect(*arguments, **keywords)
        connection.create_function("julianday", 1, julian_day)
        return connection

    time.time = harmed_time
    sqlite3.connect = connect  # type: ignore[assignment]
    sqlite3.dbapi2.connect = connect  # type: ignore[attr-defined]


def poison(file: Path, assistant: Any) -> None:
    """A turn of the message that the file quotes ends the process."""
    real = assistant.turn

    async def turn(self: Any, *arguments: Any) -> Any:
        said, deadly = arguments[3].text, _text_of(file)
        if deadly and deadly in said:
            os.kill(os.getpid(), signal.SIGKILL)
        return await real(self, *arguments)

    assistant.turn = turn


def hang_in_the_middle(file: Path) -> None:
    """With everything of a turn written, and its rows locked, but nothing committed."""
    from bot.messaging.outbox import Outbox

    real = Outbox._end

    def write(self: Any, *arguments: Any) -> None:
        real(self, *arguments)
        if file.exists():
            file.unlink()
            os.kill(os.getpid(), signal.SIGSTOP)

    Outbox._end = write  # type: ignore[method-assign]


def _run_echo(folder: Path) -> None:
    from tests.faults.echo_brain import run
    from tests.messaging.stand_in import Echo

    poison(folder / "poison", Echo)
    run()


def _run(folder: Path, command: list[str]) -> None:
    if command == ["brain"]:
        from bot.messaging.assistant import Assistant

        poison(folder / "poison", Assistant)
    from bot.cli import main

    main(command, prog_name="pti")


if __name__ == "__main__":
    folder, name, command = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    set_clock(folder / f"clock-{name}")
    if command[-1] == "brain":
        from tests.faults.as_brain import prepare

        prepare()
        hang_in_the_middle(folder / f"hang-{name}")
    if command == ["echo", "brain"]:
        _run_echo(folder)
    else:
        _run(folder, command)
