"""The audit log: whatever is done to it afterwards is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.console.audit import Audit, AuditBrokenError
from bot.settings import read_settings
from bot.storage.console_tables import accounts, audit, audit_head
from bot.storage.database import Database
from bot.storage.encryption import Cipher
from bot.storage.migrate import migrate
from tests.cli.in_process import one_line, pti
from tests.support.service import SECRETS

ENTRIES = 6
UNLOCK = {
    "sqlite": ["DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"],
    "postgresql": ["DROP TRIGGER audit_append_only ON audit"],
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of each kind with a log, for tests that roll back what they do to it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('audit') / 'pti.db'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    database = Database.from_settings(read_settings({**SECRETS, "PTI_DATABASE_URL": url}))
    filled(database)
    yield database
    database.dispose()


@pytest.fixture
def log(database: Database) -> Audit:
    """A log of its own for each test."""
    return filled(database)


def filled(database: Database) -> Audit:
    """Six entries of two accounts."""
    found = Audit(database)
    with database.writing() as connection:
        for login in ("one", "two"):
            row = {"login": login, "name": login, "role": "agent", "password_hash": "-"}
            connection.execute(accounts.insert().values(**row, created_at=0.0))
    for number in range(ENTRIES):
        with database.writing() as connection:
            detail = {"reason": f"motivo {number} ñ", "rows": number}
            found.record(connection, 1 + number % 2, "unmask", f"conversation/{number}", detail)
    return found


def unlock(connection: Connection) -> None:
    """What somebody who owns the database can do: the triggers are gone."""
    for statement in UNLOCK[connection.dialect.name]:
        connection.execute(text(statement))


def test_a_log_that_nobody_touched_is_whole(log: Audit) -> None:
    count, last = log.verify()
    assert (count, len(last)) == (ENTRIES, 64)
    assert log.holds(last)
    assert not log.holds("0" * 64)
    newest = log.newest(count=2)
    assert [entry.number for entry in newest] == [6, 5]
    assert newest[0].detail == {"reason": "motivo 5 ñ", "rows": 5}
    assert [entry.number for entry in log.newest(before=3)] == [2, 1]


def test_an_empty_log_is_whole(database: Database) -> None:
    assert Audit(database).verify() == (0, "")


def _change(column: str, value: object) -> Callable[[Connection], object]:
    return lambda c: c.execute(update(audit).where(audit.c.id == 3).values({column: value}))


def _swap(connection: Connection) -> None:
    """Entries 2 and 4 change places, numbers and all."""
    for old, new in ((2, 100), (4, 2), (100, 4)):
        connection.execute(update(audit).where(audit.c.id == old).values(id=new))


def _insert(connection: Connection) -> None:
    """An entry between 3 and 4; those above move up."""
    for number in range(ENTRIES, 3, -1):
        connection.execute(update(audit).where(audit.c.id == number).values(id=number + 1))
    before = connection.execute(select(audit.c.hash).where(audit.c.id == 3)).scalar_one()
    connection.execute(update(audit).where(audit.c.id == 5).values(before_hash="f" * 64))
    row = {"id": 4, "at": 1.0, "account_id": 1, "deed": "x", "object": "x", "detail": "{}"}
    connection.execute(audit.insert().values(**row, before_hash=before, hash="f" * 64))


def _delete(*numbers: int) -> Callable[[Connection], object]:
    return lambda c: c.execute(audit.delete().where(audit.c.id.in_(numbers)))


def _delete_and_close_up(connection: Connection) -> None:
    """Entry 3 goes, those above move down, the head says so."""
    _delete(3)(connection)
    for number in range(4, ENTRIES + 1):
        connection.execute(update(audit).where(audit.c.id == number).values(id=number - 1))
    connection.execute(update(audit_head).values(entries=ENTRIES - 1))


def _delete_end_and_fix_head(connection: Connection) -> None:
    _delete(6)(connection)
    last = connection.execute(select(audit.c.hash).where(audit.c.id == 5)).scalar_one()
    connection.execute(update(audit_head).values(entries=5, hash=last))


def _rewrite_with_another_key(connection: Connection) -> None:
    """A whole new chain, made by somebody who knows how and has no key."""
    rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    connection.execute(audit.delete())
    other = Audit.__new__(Audit)
    connection.execute(update(audit_head).values(entries=0, hash="", seal=""))
    other._database = _Foreign()  # type: ignore[assignment]
    for row in rows:
        other.record(connection, row.account_id, "read", row.object, {})


class _Foreign:
    cipher = Cipher([SECRETS["PTI_ENCRYPTION_KEYS"]], "another key")

    def now(self, _connection: Connection) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (_change("deed", "read"), "entry 3 was changed"),
        (_change("account_id", 2), "entry 3 was changed"),
        (_change("account_id", None), "entry 3 was changed"),
        (_change("object", "conversation/77"), "entry 3 was changed"),
        (_change("at", 12.5), "entry 3 was changed"),
        (_change("detail", "{}"), "entry 3 was changed"),
        (_change("hash", "e" * 64), "entry 3 was changed"),
        (_change("before_hash", "e" * 64), "entry 3 does not follow"),
        (_delete(1), "entry 1 is missing"),
        (_delete(3), "entry 3 is missing"),
        (_delete(3, 4), "entry 3 is missing"),
        (_delete(6), "what followed entry 5 is missing"),
        (_delete(1, 2, 3, 4, 5, 6), "what followed entry 0 is missing"),
        (_swap, "entry 2 does not follow"),
        (_insert, "entry 4 was changed"),
        (_delete_and_close_up, "entry 3 does not follow"),
        (_delete_end_and_fix_head, "the end of the log was changed"),
        (lambda c: c.execute(audit_head.delete()), "what followed entry 6 is missing"),
        (lambda c: c.execute(update(audit_head).values(seal="")), "the end of the log was changed"),
        (_rewrite_with_another_key, "entry 1 was changed"),
    ],
)
def test_what_is_done_to_it_is_found(
    shared: Database, tamper: Callable[[Connection], object], message: str
) -> None:
    log = Audit(shared)
    with shared.engine.connect() as connection, connection.begin() as transaction:
        unlock(connection)
        assert log.check(connection)[0] == ENTRIES
        tamper(connection)
        with pytest.raises(AuditBrokenError, match=message):
            log.check(connection)
        transaction.rollback()


@pytest.mark.parametrize(
    "statement", [update(audit).values(deed="x"), audit.delete().where(audit.c.id == 6)]
)
def test_the_database_refuses_changes(shared: Database, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"), shared.writing() as connection:
        connection.execute(statement)
    assert Audit(shared).verify()[0] == ENTRIES


def test_many_at_once_make_one_chain(database: Database, log: Audit) -> None:
    def work(number: int) -> None:
        with database.writing() as connection:
            log.record(connection, None, "login", f"account/{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert log.verify()[0] == ENTRIES + 40


def test_a_deed_that_was_rolled_back_is_not_in_it(database: Database, log: Audit) -> None:
    with database.engine.connect() as connection, connection.begin() as transaction:
        log.record(connection, 1, "unmask", "conversation/1")
        transaction.rollback()
    assert log.verify()[0] == ENTRIES
    with database.writing() as connection:
        log.record(connection, 1, "unmask", "conversation/2")
    assert log.verify()[0] == ENTRIES + 1


def test_too_much_detail_is_refused_before_it_is_cut(database: Database, log: Audit) -> None:
    with pytest.raises(ValueError, match="longer"), database.writing() as connection:
        log.record(connection, 1, "unmask", "conversation/1", {"reason": "x" * 1000})
    assert log.verify()[0] == ENTRIES


def test_the_commands(database: Database, log: Audit) -> None:
    variables = {"PTI_DATABASE_URL": database.url}
    whole = pti("audit", "verify", variables=variables)
    assert whole.returncode == 0
    last = log.verify()[1]
    assert "6 entries" in whole.stdout
    assert last in whole.stdout
    assert pti("audit", "verify", "--holds", last, variables=variables).returncode == 0
    shown = pti("audit", "show", "-n", "2", variables=variables).stdout.splitlines()
    assert [line.split("\t")[0] for line in shown] == ["5", "6"]
    assert shown[1].split("\t")[2:5] == ["two", "unmask", "conversation/5"]

    other = pti("audit", "verify", "--holds", "0" * 64, variables=variables)
    assert (other.returncode, "no entry has that hash" in one_line(other)) == (1, True)
    with database.writing() as connection:
        unlock(connection)
        _change("deed", "read")(connection)
    broken = pti("audit", "verify", variables=variables)
    assert broken.returncode == 1
    assert one_line(broken) == "Error: the audit log is broken: entry 3 was changed."
