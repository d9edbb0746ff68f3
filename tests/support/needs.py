"""What a test needs of the machine: a skip that says how to install it, or a failure where nothing
may be missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def missing(program: str, package: str) -> None:
    """Ends the test: skipped, or failed where PTI_TEST_STRICT is set."""
    message = f"{program} is not installed; on Debian: apt-get install {package}"
    if os.environ.get("PTI_TEST_STRICT"):
        pytest.fail(message)
    pytest.skip(message)


def chromium() -> str:
    """The path of Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("Chromium", "chromium")
    raise AssertionError


def postgres_programs() -> Path:
    """The folder of PostgreSQL's server programs."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if folders:
        return folders[-1].parent
    missing("PostgreSQL", "postgresql")
    raise AssertionError


def pdftotext() -> str:
    """The path of pdftotext."""
    if found := shutil.which("pdftotext"):
        return found
    missing("pdftotext", "poppler-utils")
    raise AssertionError


def pgbouncer() -> str:
    """The path of pgbouncer."""
    if found := shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return found
    missing("pgbouncer", "pgbouncer")
    raise AssertionError
