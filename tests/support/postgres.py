"""A PostgreSQL server of the tests' own, on loopback, thrown away afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2

from tests.support.needs import postgres_programs
from tests.support.network import free_port

START_SECONDS = 30


class PostgresServer:
    """A running server; `new_database` gives an empty database in it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._programs = postgres_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="pti-postgres-", dir=folder))
        self.port = free_port()
        self._databases = 0
        # PostgreSQL does not run as root; the Debian package brings the user that it runs as.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self._folder, "postgres", "postgres")
        self.data = self._folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", "pti", "-A", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        log = self._folder / "log"
        # No socket in the file system: the path of a test's folder may be longer than one may be.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(log), "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops the server; `immediate` is how it goes in a power cut."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def is_running(self) -> bool:
        """Whether there is a server, be it one that recovers."""
        status = [*self._as_user, str(self._programs / "pg_ctl"), "-D", str(self.data), "status"]
        finished = subprocess.run(
            status, stdout=subprocess.DEVNULL, cwd="/", timeout=START_SECONDS, check=False
        )
        return finished.returncode == 0

    def close(self) -> None:
        """Stops the server, where a test did not leave it stopped, and removes all that it had."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """The URL of an empty database."""
        self._databases += 1
        name = f"pti_{self._databases}"
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="pti", dbname="postgres"
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        return f"postgresql://pti@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        finished = subprocess.run(
            [*self._as_user, str(self._programs / program), *arguments],
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd="/",
            timeout=START_SECONDS * 2,
            check=False,
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{program} failed: {finished.stdout!r}")
