"""`scripts/find-python`: a Python 3.10 that really starts, or how to get one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT

SCRIPT = PROJECT_ROOT / "scripts" / "find-python"
TOOLS = ("bash", "ls", "sort", "cat", "env")


class Machine:
    """A PATH and a home folder with nothing in them but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.home = folder / "home"
        self.programs.mkdir()
        self.home.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.programs / tool).symlink_to(found)

    def add(self, name: str, script: str, folder: Path | None = None) -> Path:
        """A program made of a shell script."""
        path = (folder or self.programs) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        path.chmod(0o755)
        return path

    def find(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs the script there."""
        return subprocess.run(
            [str(self.programs / "bash"), str(SCRIPT)],
            capture_output=True,
            text=True,
            env={"PATH": str(self.programs), "HOME": str(self.home), **variables},
            check=False,
        )


REAL = f'exec "{sys.executable}" "$@"'
NO_SHIM = "echo 'pyenv: python3.10: command not found' >&2; exit 127"
NEWER = 'case "$*" in *version_info*) echo 3.12;; *) echo /usr/bin/python3.12;; esac'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without any Python."""
    return Machine(tmp_path)


def test_one_on_the_path(machine: Machine) -> None:
    machine.add("python3.10", REAL)
    found = machine.find()
    assert (found.returncode, found.stdout) == (0, f"{sys.executable}\n")


def test_a_shim_that_does_not_start_is_skipped(machine: Machine) -> None:
    machine.add("python3.10", NO_SHIM)
    machine.add("python3", REAL)
    assert machine.find().stdout == f"{sys.executable}\n"


def test_one_of_pyenv(machine: Machine) -> None:
    """Where the shim does not start, the version itself may be there."""
    machine.add("python3.10", NO_SHIM)
    versions = machine.home / ".pyenv" / "versions"
    machine.add("python3.10", NO_SHIM, versions / "3.10.20" / "bin")
    machine.add("python3.10", REAL, versions / "3.10.4" / "bin")
    assert machine.find().stdout == f"{sys.executable}\n"


def test_pyenv_elsewhere(machine: Machine, tmp_path: Path) -> None:
    machine.add("python3.10", REAL, tmp_path / "my pyenv" / "versions" / "3.10.13" / "bin")
    found = machine.find(PYENV_ROOT=str(tmp_path / "my pyenv"))
    assert found.stdout == f"{sys.executable}\n"


def test_that_of_uv_first(machine: Machine, tmp_path: Path) -> None:
    of_uv = machine.add("of-uv", 'case "$*" in *version_info*) echo 3.10;; *) echo /of/uv;; esac')
    machine.add("uv", f'[ "$1 $2" = "python find" ] && echo "{of_uv}"')
    machine.add("python3.10", REAL)
    assert machine.find().stdout == "/of/uv\n"


def test_uv_gets_one_where_there_is_none(machine: Machine, tmp_path: Path) -> None:
    state = tmp_path / "installed"
    script = (
        f'case "$1 $2" in "python install") echo downloading; : > "{state}";; '
        f'"python find") [ -e "{state}" ] && echo /from/uv;; esac'
    )
    machine.add("uv", script)
    found = machine.find()
    assert (found.returncode, found.stdout) == (0, "/from/uv\n")


@pytest.mark.parametrize("python3", [None, NEWER, NO_SHIM])
def test_none_anywhere_says_how_to_get_one(machine: Machine, python3: str | None) -> None:
    if python3:
        machine.add("python3", python3)
    machine.add("uv", "exit 1")
    found = machine.find()
    assert found.returncode == 1
    assert found.stdout == ""
    for hint in ("No Python 3.10 was found", "uv ", "pyenv install 3.10", "apt-get install"):
        assert hint in found.stderr
    assert "command not found" not in found.stderr
