"""A copy is made while everything runs, and brought back whole."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.cli import main
from bot.messaging.contents import Incoming
from bot.messaging.inbox import Inbox
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import inbox
from tests.support.postgres import PostgresServer
from tests.support.service import SECRETS

SAID = "mi correo es ana@example.com"


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A database with its tables, and the address of one that is empty or not there."""
    if request.param == "sqlite":
        urls = (f"sqlite:///{tmp_path / 'pti.db'}", f"sqlite:///{tmp_path / 'new' / 'pti.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        urls = (server.new_database(), server.new_database())
    migrate(urls[0])
    return urls


@pytest.fixture(autouse=True)
def programs_of_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian keeps them beside the server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders:
        monkeypatch.setenv("PATH", f"{folders[-1]}:/usr/local/bin:/usr/bin:/bin")


def _pti(url: str, *arguments: str) -> Result:
    environment = {**SECRETS, "PTI_DATABASE_URL": url}
    return CliRunner().invoke(main, list(arguments), env=environment)


def _open(url: str) -> Database:
    from bot.storage.encryption import Cipher

    return Database(url, Cipher([SECRETS["PTI_ENCRYPTION_KEYS"]], SECRETS["PTI_INDEX_KEY"]))


def _write(url: str, count: int, first: int = 0) -> None:
    database = _open(url)
    box = Inbox(database)
    address = box.open_address("web", "somebody")
    for number in range(first, first + count):
        box.receive("web", address, f"m{number}", Incoming(f"{SAID} {number}"))
    database.dispose()


def _texts(url: str) -> list[str]:
    database = _open(url)
    with database.reading() as connection:
        sealed = connection.execute(select(inbox.c.content_sealed).order_by(inbox.c.id)).scalars()
        texts = [database.cipher.open(value)["text"] for value in sealed]
    database.dispose()
    return texts


def test_a_copy_is_brought_back_whole_and_works(two_urls: tuple[str, str], tmp_path: Path) -> None:
    url, empty = two_urls
    _write(url, 50)
    file = tmp_path / "copy"
    made = _pti(url, "backup", str(file))
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    brought = _pti(empty, "restore", str(file))
    assert brought.exit_code == 0, brought.output
    assert _texts(empty) == _texts(url) == [f"{SAID} {number}" for number in range(50)]
    _write(empty, 1, first=50)  # rows are numbered on from where they were
    assert _texts(empty)[-1] == f"{SAID} 50"


def test_a_copy_holds_nothing_that_can_be_read(two_urls: tuple[str, str], tmp_path: Path) -> None:
    _write(two_urls[0], 5)
    _pti(two_urls[0], "backup", str(tmp_path / "copy"))
    content = (tmp_path / "copy").read_bytes()
    assert b"ana@example" not in content
    assert SECRETS["PTI_ENCRYPTION_KEYS"].encode() not in content


def test_a_copy_is_of_one_moment(two_urls: tuple[str, str], tmp_path: Path) -> None:
    url, empty = two_urls
    _write(url, 20)
    writer = threading.Thread(target=_write, args=(url, 100, 20))
    writer.start()
    made = _pti(url, "backup", str(tmp_path / "copy"))
    writer.join()
    assert made.exit_code == 0, made.output
    _pti(empty, "restore", str(tmp_path / "copy"))
    texts = _texts(empty)
    assert texts == [f"{SAID} {number}" for number in range(len(texts))]
    assert len(texts) >= 20


def test_nothing_is_written_over(two_urls: tuple[str, str], tmp_path: Path) -> None:
    url, _ = two_urls
    _write(url, 1)
    file = tmp_path / "copy"
    file.write_bytes(b"another")
    refused = _pti(url, "backup", str(file))
    assert refused.exit_code == 1
    assert "is there already" in refused.output
    assert file.read_bytes() == b"another"
    file.unlink()
    _pti(url, "backup", str(file))
    onto_itself = _pti(url, "restore", str(file))
    assert onto_itself.exit_code == 1
    assert "not empty" in onto_itself.output
    assert _texts(url) == [f"{SAID} 0"]


def test_a_file_that_is_no_copy(two_urls: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_bytes(b"nothing of the kind" * 1000)
    refused = _pti(two_urls[1], "restore", str(file))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    missing = _pti(two_urls[1], "restore", str(tmp_path / "nowhere"))
    assert "There is no" in missing.output


def test_a_database_that_is_away(tmp_path: Path) -> None:
    refused = _pti(f"sqlite:///{tmp_path / 'none.db'}", "backup", str(tmp_path / "copy"))
    assert refused.exit_code == 1
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path / "none.db").exists()
