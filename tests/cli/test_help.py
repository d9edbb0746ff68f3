"""`pti` itself: it names its commands at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, main
from bot.settings import PROJECT_ROOT
from tests.cli.pti import one_line, pti

HELP_AND_MODULES = """
import sys
from bot.cli import main
try:
    main(["--help"], prog_name="pti")
except SystemExit:
    pass
print("LOADED", *sys.modules, file=sys.stderr)
"""


def test_help_lists_every_command_without_loading_rasa() -> None:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HELP_AND_MODULES],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        check=True,
    )
    for command in COMMANDS:
        assert f"\n  {command} " in finished.stdout, command
    loaded = set(finished.stderr.split("LOADED", 1)[1].split())
    assert not loaded & {"rasa", "tensorflow", "sklearn", "matplotlib"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    found = main.get_command(None, command)  # type: ignore[arg-type]
    assert found is not None
    assert found.help
    assert found.get_short_help_str(200).endswith((".", ")"))


def test_short_option_for_help() -> None:
    assert "Usage: pti" in CliRunner().invoke(main, ["-h"], prog_name="pti").output


def test_an_unknown_command() -> None:
    finished = pti("no-such-command")
    assert finished.returncode == 2
    assert "no-such-command" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["gateway", "brain", "console", "migrate", "imss-sandbox"])
def test_without_secrets_a_process_says_what_to_do(command: str) -> None:
    """Whatever `.env` of a developer lies here is not read."""
    program = (
        "import pathlib, bot.settings as settings\n"
        "settings.environment.__defaults__ = (pathlib.Path('none'),)\n"
        f"from bot.cli import main; main(['{command}'], prog_name='pti')"
    )
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert finished.returncode == 1
    assert one_line(finished) == (
        "Error: PTI_ENCRYPTION_KEYS is not set. `pti init` makes it and keeps it in .env."
    )


def test_what_is_no_key_is_said_to_be_none() -> None:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.cli", "migrate"],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        env={"PATH": "/usr/bin:/bin", "PTI_ENCRYPTION_KEYS": "my-key", "PTI_INDEX_KEY": "x"},
        check=False,
    )
    assert finished.returncode == 1
    assert one_line(finished) == (
        "Error: PTI_ENCRYPTION_KEYS holds what is no key. `pti keys new` prints one."
    )
    assert "my-key" not in finished.stderr
