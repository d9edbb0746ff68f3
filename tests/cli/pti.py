"""`pti` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.settings import PROJECT_ROOT
from tests.support.service import SECRETS

SECONDS = 120


def environment(**variables: str) -> dict[str, str]:
    """The environment of the tests without its own settings, with the tests' secrets."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PTI_")}
    return {**others, **SECRETS, **variables}


def pti(
    *arguments: str,
    text: str | bytes | None = None,
    variables: dict[str, str] | None = None,
    folder: Path = PROJECT_ROOT,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; `text` is its standard input.

    `folder` is where it runs. Raises TimeoutExpired after two minutes.
    """
    given = text.encode("utf-8") if isinstance(text, str) else text
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.cli", *arguments],
        input=given or b"",
        capture_output=True,
        env={**environment(**(variables or {})), "PYTHONPATH": str(PROJECT_ROOT)},
        cwd=folder,
        timeout=SECONDS,
        check=False,
    )
    return subprocess.CompletedProcess(
        finished.args,
        finished.returncode,
        finished.stdout.decode("utf-8"),
        finished.stderr.decode("utf-8"),
    )


def one_line(finished: subprocess.CompletedProcess[str]) -> str:
    """The only line of an error message: no traceback, no usage text."""
    lines = finished.stderr.strip().splitlines()
    assert len(lines) == 1, finished.stderr
    assert "Traceback" not in finished.stderr
    return lines[0]
