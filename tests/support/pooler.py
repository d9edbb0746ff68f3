"""A pgbouncer of the tests' own, on loopback, which gives each transaction another connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
from sqlalchemy.engine import make_url

from tests.support.needs import pgbouncer
from tests.support.network import free_port

START_SECONDS = 30
SETTINGS = """
[databases]
* = host=127.0.0.1 port={server} user=pti
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = options
logfile = {folder}/log
"""


class Pooler:
    """A running pgbouncer in front of a PostgreSQL server."""

    def __init__(self, database_url: str) -> None:
        behind, self.port = make_url(database_url), free_port()
        # Not in a test's own folder: another user could not go through those above it.
        self._folder = Path(tempfile.mkdtemp(prefix="pti-pooler-"))
        settings = self._folder / "pgbouncer.ini"
        written = SETTINGS.format(server=behind.port, port=self.port, folder=self._folder)
        settings.write_text(written, "utf-8")
        command = [pgbouncer(), "-q", str(settings)]
        if os.geteuid() == 0:  # it does not run as root
            shutil.chown(self._folder, "postgres", "postgres")
            command = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            ]
        self._process = subprocess.Popen(command, cwd="/")
        self.url = behind.set(port=self.port).render_as_string(hide_password=False)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url).close()
            except psycopg2.OperationalError:
                assert self._process.poll() is None, "pgbouncer did not start"
                assert time.monotonic() < until, "pgbouncer does not answer"
                time.sleep(0.05)
            else:
                return

    def close(self) -> None:
        """Ends it, and removes all that it had."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
