"""Nothing that a person wrote or is known by is readable in the database's files."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.storage.database import Database
from tests.support.database_files import bytes_on_disk

CURP = "GOMC960312HDFRRL04"
PHONE = "+13125550123"
TEXT = "mi mamá Guadalupe está en Michoacán"
REPLY = "La CURP es de una mujer nacida el 12 de marzo"
TITLE = "Seguir con Guadalupe"
SECRETS = (CURP, PHONE, TEXT, "Guadalupe", "Michoac", REPLY, TITLE, "income_amount", "12345.67")
READABLE = "provider-id-0001"  # shows that the search would find something


def _converse(database: Database) -> None:
    inbox, outbox = Inbox(database), Outbox(database)
    address = inbox.open_address("sms", PHONE)
    inbox.receive("sms", address, READABLE, Incoming(f"{TEXT} {CURP}"))
    claimed = inbox.claim("brain", 60)
    assert claimed is not None
    option = Option(f"{claimed.inbox_id}.0.1", TITLE, "inform", {"curp": CURP})
    snapshot = {
        "events": [
            {"event": "slot", "name": "income_amount", "value": "12345.67"},
            {"event": "user", "text": TEXT},
        ]
    }
    outbox.finish(claimed, "brain", [Reply(REPLY, (option,), answer="utter_curp_valid")], snapshot)


def test_no_clear_text_in_the_files(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with database.reading():  # a reader keeps SQLite's log from being folded into the file
        _converse(database)
        raw = bytes_on_disk(database, request, tmp_path)
    assert READABLE.encode() in raw
    for secret in SECRETS:
        for form in (
            secret.encode(),
            secret.encode("utf-16-le"),
            secret.encode().hex().encode(),
            base64.b64encode(secret.encode())[:-4],
        ):
            assert form not in raw, secret


def test_the_write_ahead_log_was_searched(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.reading():
        _converse(sqlite_database)
        assert READABLE.encode() in (tmp_path / "pti.db-wal").read_bytes()
