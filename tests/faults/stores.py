"""The databases that a fault run harms: a SQLite file or a PostgreSQL server, each on a disk that
can be filled."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from tests.load.traces import files_in
from tests.support.postgres import PostgresServer

DISK_MEGABYTES = 400


class Disk(Protocol):
    """Where a database lies."""

    kind: str
    folder: Path

    def fill(self, pids: Callable[[], list[int]]) -> None:
        """From now on nothing more fits on it, for those processes."""

    def free(self, pids: Callable[[], list[int]]) -> None:
        """There is room again."""

    def close(self) -> None:
        """Removes it."""


class SmallDisk:
    """A file system of its own, in memory; mounting it needs root."""

    kind = "tmpfs"

    def __init__(self, folder: Path) -> None:
        """Raises OSError where this machine does not allow it."""
        self.folder = folder / "disk"
        self.folder.mkdir()
        options = f"size={DISK_MEGABYTES}m,mode=755"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "pti-faults", str(self.folder)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            self.folder.rmdir()
            raise OSError("no file system may be mounted here")

    def fill(self, _pids: Callable[[], list[int]]) -> None:
        """Writes a file until there is no room."""
        block = b"\0" * 65536
        filler = (self.folder / "filler").open("wb", buffering=0)
        with filler, contextlib.suppress(OSError):
            while filler.write(block):
                pass

    def free(self, _pids: Callable[[], list[int]]) -> None:
        """Removes that file."""
        (self.folder / "filler").unlink(missing_ok=True)

    def close(self) -> None:
        """Unmounts it."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class LimitedFiles:
    """An ordinary folder: in place of a full disk, the processes' files may not grow."""

    kind = "limit of files' sizes"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pids: Callable[[], list[int]]) -> None:
        """No process may write beyond a file's first page."""
        self._limit(pids, 4096)

    def free(self, pids: Callable[[], list[int]]) -> None:
        """They may again."""
        self._limit(pids, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(pids: Callable[[], list[int]], size: int) -> None:
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))

    def close(self) -> None:
        """There is nothing to remove."""


def disk_in(folder: Path) -> Disk:
    """A small disk, or where none may be mounted what comes nearest to one."""
    try:
        return SmallDisk(folder)
    except OSError:
        return LimitedFiles(folder)


class Store:
    """One database. `on_disk`: on one that can be filled."""

    def __init__(self, kind: str, folder: Path, on_disk: bool = False) -> None:
        self.kind = kind
        self.disk = disk_in(folder) if on_disk else None
        place = self.disk.folder if self.disk else folder
        self.server: PostgresServer | None = None
        self._folder = place / "database"
        if kind == "postgresql":
            if os.geteuid() == 0 and self.disk:
                folder.chmod(0o755)
            self._folder.mkdir()
            if os.geteuid() == 0:
                shutil.chown(self._folder, "postgres", "postgres")
            self.server = PostgresServer(self._folder)
            self.url = self.server.new_database()
        else:
            self._folder.mkdir()
            self.url = f"sqlite:///{self._folder / 'pti.db'}"

    def server_pids(self) -> list[int]:
        """The processes of the server, if there is one."""
        if self.server is None:
            return []
        first = int((self.server.data / "postmaster.pid").read_text("ascii").split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text("ascii").split()
        return [first, *map(int, children)]

    def files(self) -> Iterator[Path]:
        """All that it wrote."""
        return files_in(self._folder)

    def close(self) -> None:
        """Ends the server and removes its disk."""
        if self.server:
            self.server.close()
        if self.disk:
            self.disk.close()
