"""Everything that runs: gateways, brains, the institute's sandbox, Twilio's stand-in, a database.
All of them are processes; those of the product can be killed, hung and started again."""

from __future__ import annotations

import math
import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from sqlalchemy import func, select
from sqlalchemy.sql import ColumnElement

from bot.storage.database import Database
from bot.storage.tables import errands, inbox, outbox
from tests.imss.sandbox_process import TOKEN as IMSS_TOKEN
from tests.imss.sandbox_process import Sandbox
from tests.load.provider import Provider
from tests.support.network import free_port
from tests.support.service import Service
from tests.twilio.conftest import twilio_settings
from tests.twilio.known import PUBLIC_URL, TWILIO

READY_SECONDS = 900.0
Program = tuple[str, ...]
PTI: Program = ("-m", "bot.cli")


@dataclass(frozen=True)
class Kill:
    """When a process was killed, or stopped in its tracks, and until when. `process` is one of
    those that had the name after one another."""

    process: str
    at: float
    until: float = math.inf


@dataclass
class Site:
    """The processes on one database. `program` gives what runs in place of `pti` for a name."""

    database_url: str
    model: Path
    folder: Path
    gateways: int = 2
    brains: int = 2
    with_sandbox: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    program: Callable[[str], Program] = lambda _name: PTI

    def __post_init__(self) -> None:
        self._ports = {f"gateway-{number}": free_port() for number in range(1, self.gateways + 1)}
        self.urls = [f"http://127.0.0.1:{port}" for port in self._ports.values()]
        self.provider = Provider(self.folder, self.urls)
        self.sandbox = Sandbox(self.folder) if self.with_sandbox else None
        more = dict(self.settings)
        if self.sandbox:
            more |= {"PTI_IMSS_URL": self.sandbox.url, "PTI_IMSS_TOKEN": IMSS_TOKEN}
        self.service = Service(
            self.database_url, self.model, self.folder, PTI_PUBLIC_URL=PUBLIC_URL, **TWILIO, **more
        )
        self.database = Database.from_settings(twilio_settings(self.database_url))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: list[Kill] = []
        self._starts: dict[str, int] = {}
        self._stopped: set[str] = set()
        try:
            for name in self.names():
                self.start(name)
            self._wait_until_ready()
        except BaseException:  # also where the run is ended meanwhile: nothing is left running
            self.close()
            raise

    def names(self, kind: str = "") -> list[str]:
        """The product's processes of a kind."""
        brains = [f"brain-{number}" for number in range(1, self.brains + 1)]
        return [name for name in (*self._ports, *brains) if name.startswith(kind)]

    def start(self, name: str) -> None:
        """Starts a process."""
        environment = {}
        self._starts[name] = self._starts.get(name, 0) + 1
        if name in self._ports:
            environment["PTI_GATEWAY_PORT"] = str(self._ports[name])
            environment["PTI_TWILIO_API_URL"] = f"{self.provider.url}/{self.process(name)}"
        self.running[name] = self.service.start(
            name.partition("-")[0], program=self.program(name), environment=environment
        )

    def process(self, name: str) -> str:
        """The process that has a name now, told from those that had it before."""
        return f"{name}.{self._starts[name]}"

    def replace(self, name: str) -> None:
        """Puts a new process in a process's place, as a new version goes out: a brain when the new
        one is ready, a gateway when the old one has ended (the others take its webhooks)."""
        old = self.running[name]
        if name in self._ports:
            self._end(old)
            self.start(name)
            self.wait_for(lambda: self.answers(self.urls[list(self._ports).index(name)]))
        else:
            ready = self.brains_ready()
            self.start(name)
            self.wait_for(lambda: self.brains_ready() > ready)
            self._end(old)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        process.wait(READY_SECONDS)

    def kill(self, name: str) -> None:
        """Ends a process as a power cut does: `kill -9`, by its id."""
        self._stopped.discard(name)
        self.kills.append(Kill(self.process(name), time.monotonic()))
        self.service.kill(self.running[name])

    def hang(self, name: str) -> None:
        """Stops a process in its tracks, until it goes on."""
        self._stopped.add(name)
        self.kills.append(Kill(self.process(name), time.monotonic()))
        self.running[name].send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets go on what hangs."""
        going = {self.process(name) for name in self._stopped}
        now = time.monotonic()
        self.kills = [
            replace(kill, until=now) if kill.process in going and kill.until > now else kill
            for kill in self.kills
        ]
        for name in self._stopped:
            self.running[name].send_signal(signal.SIGCONT)
        self._stopped.clear()

    def start_what_is_down(self) -> list[str]:
        """Starts what is not running, as a supervisor does; gives the names."""
        down = [name for name, process in self.running.items() if process.poll() is not None]
        for name in down:
            self.start(name)
        return down

    def _wait_until_ready(self) -> None:
        self.wait_for(
            lambda: all(map(self.answers, self.urls)) and self.brains_ready() >= self.brains
        )

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Waits while nothing ends by itself. Raises RuntimeError with what was printed."""
        until = time.monotonic() + READY_SECONDS
        while not happened():
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"{ended or 'not all'} did not start:\n{self.service.logs()}")
            time.sleep(0.02)

    @staticmethod
    def answers(url: str) -> bool:
        """Whether a gateway is there."""
        try:
            return bool(requests.get(f"{url}/health", timeout=5).ok)
        except requests.RequestException:
            return False

    def brains_ready(self) -> int:
        """How many brains have been ready so far."""
        return self.service.logs().count("ready as")

    def wait_until_quiet(self, seconds: float) -> bool:
        """Waits until nothing is left to answer, to send or to do; whether it came to that.

        It gives up where so many seconds pass in which nothing moves: a busy machine is no fault.
        """
        left, until = self.open_rows(), time.monotonic() + seconds
        while any(left.values()) and time.monotonic() < until:
            self.start_what_is_down()
            time.sleep(0.5)
            before, left = left, self.open_rows()
            if left != before:
                until = time.monotonic() + seconds
        return not any(left.values())

    def open_rows(self) -> dict[str, int]:
        """How many rows of each table wait, all at one moment: what is done in one of them may be
        something to do in another. Reminders wait for weeks: they are not counted."""
        waiting = {
            "inbox": inbox.c.state == "waiting",
            "outbox": outbox.c.state.in_(("waiting", "sending")),
            "errands": (errands.c.state == "waiting") & (errands.c.kind != "remind"),
        }
        counts = (
            select(func.count()).where(condition).scalar_subquery().label(name)
            for name, condition in waiting.items()
        )
        with self.database.reading() as connection:
            return connection.execute(select(*counts)).one()._asdict()

    def answered(self) -> int:
        """How many messages have been answered so far."""
        return self._count(inbox.c.state == "done")

    def errands_tried(self) -> int:
        """How many errands were tried and have to wait."""
        tried = (errands.c.attempts > 0) & (errands.c.kind != "remind")
        return self._count((errands.c.state == "waiting") & tried & (errands.c.told == 1))

    def _count(self, condition: ColumnElement) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).where(condition)).scalar_one())

    def any_of(self, rng: random.Random, kind: str = "") -> str:
        """A process by chance."""
        return rng.choice(self.names(kind))

    def pids(self, kinds: Sequence[str] = ("gateway", "brain")) -> dict[str, int]:
        """The ids of the processes that run."""
        return {n: p.pid for n, p in self.running.items() if n.startswith(tuple(kinds))}

    def logs(self) -> str:
        """All that was printed."""
        return self.service.logs()

    def close(self) -> list[str]:
        """Ends everything; what the provider was sent that Twilio does not admit."""
        self.go_on()
        self.service.stop()
        if self.sandbox:
            self.sandbox.stop()
        self.database.dispose()
        return self.provider.stop()
