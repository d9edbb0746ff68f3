"""`pti up`: everything starts, says when it is ready, and ends with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.up import uses_sandbox
from bot.settings import PROJECT_ROOT, read_settings
from tests.cli.pti import environment
from tests.console.running import Client
from tests.support.network import free_port
from tests.support.service import SECRETS, Chat

READY_SECONDS = 150
END_SECONDS = 20


class Up:
    """A running `pti up`; every process that it started knows the mark in its environment."""

    def __init__(self, folder: Path, model: Path, mark: str) -> None:
        self.mark = mark
        self.url = f"http://127.0.0.1:{free_port()}"
        self.console = f"http://127.0.0.1:{free_port()}"
        self.log = folder / f"{mark}.log"
        program = Path(sys.executable).with_name("pti")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "bot.cli", "up", "--no-train"],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=PROJECT_ROOT,
                start_new_session=True,
                env=environment(
                    **{name: f"{mark}-{name}" for name in ("PTI_IMSS_TOKEN",)},
                    PTI_SANDBOX_CONTROL_TOKEN=f"{mark}-control",
                    PTI_SANDBOX_PORT=str(free_port()),
                    PTI_SANDBOX_DATABASE_PATH=str(folder / "sandbox.db"),
                    PTI_DATABASE_URL=f"sqlite:///{folder / 'pti.db'}",
                    PTI_CONSOLE_PORT=self.console.rsplit(":", 1)[1],
                    PTI_GATEWAY_PORT=self.url.rsplit(":", 1)[1],
                    PTI_MODEL_PATH=str(model),
                    TEST_MARK=mark,
                ),
            )
        assert program.exists(), "the package is not installed: `pip install -e .`"

    def output(self) -> str:
        """What it and its processes said so far."""
        return self.log.read_text("utf-8", "replace")

    def wait_until_ready(self) -> float:
        """Seconds until it said so."""
        started = time.monotonic()
        while time.monotonic() - started < READY_SECONDS:
            if f"Open the chat page: {self.url}/" in self.output():
                return time.monotonic() - started
            assert self.process.poll() is None, self.output()
            time.sleep(0.2)
        raise TimeoutError(self.output())

    def running(self) -> dict[int, str]:
        """Number and command of each process with the mark."""
        return {number: command(number) for number in marked(self.mark)}

    def end(self, number: int) -> int:
        """Sends a signal to it alone and gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(END_SECONDS)

    def clean_up(self) -> None:
        """Ends what a failing test left behind, each by its number."""
        for number in marked(self.mark):
            os.kill(number, signal.SIGKILL)
        self.process.wait()


def marked(mark: str) -> list[int]:
    """The living processes whose environment has the mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if f"TEST_MARK={mark}".encode() in variables and state != "Z":
            found.append(int(folder.name))
    return found


def command(number: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Databases and logs of one test."""
    return tmp_path


@pytest.fixture
def started() -> Iterator[list[Up]]:
    """What a test started; ended afterwards, whatever happened."""
    found: list[Up] = []
    yield found
    for one in found:
        one.clean_up()


def test_start_answer_interrupt_and_start_again(
    folder: Path, model: Path, started: list[Up]
) -> None:
    first = Up(folder, model, f"first-{os.getpid()}")
    started.append(first)
    first.wait_until_ready()
    commands = " ".join(first.running().values())
    for process in ("gateway", "brain", "console"):
        assert re.search(rf"pti {process}\b", commands), commands
    chat = Chat(first.url)
    assert chat.ask("hola")
    session = chat.session

    assert f"Agents open the console: {first.console}/" in first.output()
    password = re.search(r"first account: admin, password ([a-z0-9-]{23}) ", first.output())
    assert password
    assert Client(first.console).login("admin", password[1]).status_code == 303

    first.end(signal.SIGINT)
    assert first.running() == {}
    assert "Traceback" not in first.output()

    again = Up(folder, model, f"again-{os.getpid()}")
    started.append(again)
    taken = again.wait_until_ready()
    # Alone on two cores it is under ten seconds, nearly all of it Rasa's own start.
    assert taken < 60
    assert "password" not in again.output()
    # what was said before is still there
    chat = Chat(again.url)
    chat.session = session
    assert [message["text"] for message in chat.messages()][:1] == ["hola"]

    again.end(signal.SIGTERM)
    assert again.running() == {}


def test_when_one_process_dies_all_end(folder: Path, model: Path, started: list[Up]) -> None:
    """Whoever watches `pti up` (systemd, a container) can start it again."""
    one = Up(folder, model, f"dies-{os.getpid()}")
    started.append(one)
    one.wait_until_ready()
    brains = [number for number, line in one.running().items() if "pti brain" in line]
    for number in brains:
        os.kill(number, signal.SIGKILL)
    assert one.process.wait(END_SECONDS) != 0
    assert one.running() == {}


def test_where_the_sandbox_stands_in() -> None:
    """Where no service is named, and never in production."""
    assert uses_sandbox(read_settings(SECRETS))
    named = {**SECRETS, "PTI_IMSS_URL": "https://imss.example", "PTI_IMSS_TOKEN": "a token"}
    assert not uses_sandbox(read_settings(named))
    production = {**SECRETS, "PTI_ENVIRONMENT": "production"}
    assert not uses_sandbox(read_settings(production))
