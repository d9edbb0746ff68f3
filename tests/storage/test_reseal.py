"""Keys are rotated while everything runs."""

from __future__ import annotations

import threading

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.cli import main
from bot.messaging.contents import Incoming
from bot.messaging.inbox import Inbox
from bot.storage.database import Database
from bot.storage.encryption import Cipher, UnreadableError
from bot.storage.reseal import Reseal, sealed_columns
from bot.storage.tables import inbox
from tests.support.service import SECRETS

OLD = SECRETS["PTI_ENCRYPTION_KEYS"]
NEW = Fernet.generate_key().decode("ascii")


def _with_keys(database: Database, *keys: str) -> Database:
    return Database(database.url, Cipher(keys, SECRETS["PTI_INDEX_KEY"]))


def _write(database: Database, count: int, first: int = 0) -> None:
    box = Inbox(database)
    address = box.open_address("web", "somebody")
    for number in range(first, first + count):
        box.receive("web", address, f"m{number}", Incoming(f"mensaje {number}"))


def _texts(database: Database) -> list[str]:
    with database.reading() as connection:
        sealed = connection.execute(select(inbox.c.content_sealed).order_by(inbox.c.id)).scalars()
        return [database.cipher.open(value)["text"] for value in sealed]


def test_every_sealed_column_is_known() -> None:
    names = {f"{table.name}.{column.name}" for table, column in sealed_columns()}
    assert {"inbox.content_sealed", "people.record_sealed", "accounts.totp_sealed"} <= names


def test_afterwards_the_old_key_is_not_needed(database: Database) -> None:
    _write(database, 450)
    assert set(Reseal(_with_keys(database, NEW, OLD), lambda *_: None).run().values()) == {0}
    only_new, only_old = _with_keys(database, NEW), _with_keys(database, OLD)
    assert _texts(only_new) == [f"mensaje {number}" for number in range(450)]
    with pytest.raises(UnreadableError):
        _texts(only_old)


def test_what_is_written_meanwhile_is_not_lost(database: Database) -> None:
    _write(database, 300)
    both = _with_keys(database, NEW, OLD)
    writer = threading.Thread(target=_write, args=(both, 100, 300))
    writer.start()
    Reseal(both, lambda *_: None).run()
    writer.join()
    Reseal(both, lambda *_: None).run()
    assert _texts(_with_keys(database, NEW)) == [f"mensaje {number}" for number in range(400)]


def test_the_command_says_what_no_key_opens(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(database, 3)
    monkeypatch.setenv("PTI_DATABASE_URL", database.url)
    monkeypatch.setenv("PTI_INDEX_KEY", SECRETS["PTI_INDEX_KEY"])
    monkeypatch.setenv("PTI_ENCRYPTION_KEYS", NEW)
    failed = CliRunner().invoke(main, ["keys", "reseal"])
    assert failed.exit_code == 1
    assert "3 values of inbox.content_sealed" in failed.output
    monkeypatch.setenv("PTI_ENCRYPTION_KEYS", f"{NEW},{OLD}")
    done = CliRunner().invoke(main, ["keys", "reseal"])
    assert done.exit_code == 0, done.output


def test_a_new_key_can_be_used() -> None:
    key = CliRunner().invoke(main, ["keys", "new"]).output.strip()
    cipher = Cipher([key], "index")
    assert cipher.open(cipher.seal({"a": 1})) == {"a": 1}
