"""`pti` in the tests' own process, for commands that need no process of theirs."""

from __future__ import annotations

from click.testing import CliRunner

from bot.cli import main
from tests.support.service import SECRETS


class Finished:
    """A command that came to its end in this process."""

    def __init__(self, *arguments: str, variables: dict[str, str]) -> None:
        result = CliRunner().invoke(main, arguments, env={**SECRETS, **variables})
        self.returncode, self.stdout = result.exit_code, result.output


def pti(*arguments: str, variables: dict[str, str]) -> Finished:
    """Runs `pti`."""
    return Finished(*arguments, variables=variables)


def one_line(finished: Finished) -> str:
    """The line that says why it was refused."""
    assert finished.returncode == 1
    return finished.stdout.strip()
