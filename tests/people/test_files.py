"""Files of people: sealed, found by their id alone, gone when they are erased."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.people.erasure import Erasure
from bot.people.files import Files, StoredFile
from bot.storage.database import Database
from bot.storage.encryption import Cipher, UnreadableError
from bot.storage.tables import people
from tests.support.database_files import bytes_on_disk
from tests.support.service import SECRETS

NAME, TYPE = "linea-de-captura.pdf", "application/pdf"
CONTENT = b"%PDF-1.4 LINEA 123456789012 \x00\xff\xfe Guadalupe \xc3\xb1 %%EOF"
WORDS = (b"%PDF-1.4 LINEA", b"123456789012", b"Guadalupe")
UNKNOWN_IDS = [
    "",
    "A" * 43,
    "a",
    "../" * 14 + "x",
    "\x00" * 43,
    "ñ" * 43,
    "A" * 43 + "\n",
    "%" * 43,
]
NO_NAMES = ["", ".", "..", ".env", "-x.pdf", "a/b", "a\\b", "a b", 'a".pdf', "a\r\nX: y", "ñ.pdf"]
NO_TYPES = ["", "image", "image/", "text/html; charset=x", "a/b\r\nX: y", "a/" + "b" * 63]


def somebody(database: Database) -> int:
    """A person of whom nothing is known."""
    with database.writing() as connection:
        made = connection.execute(people.insert().values(created_at=0))
        return int(made.inserted_primary_key[0])


def keep(database: Database, person_id: int, content: bytes = CONTENT) -> str:
    """A file of the person's."""
    with database.writing() as connection:
        return Files(database).keep(connection, person_id, NAME, TYPE, content)


def test_a_file_is_opened_as_it_was_kept(database: Database) -> None:
    file_id = keep(database, somebody(database))
    assert Files(database).open(file_id) == StoredFile(NAME, TYPE, CONTENT)


@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 4096], ids=["nothing", "a megabyte"])
def test_any_bytes_can_be_kept(database: Database, content: bytes) -> None:
    stored = Files(database).open(keep(database, somebody(database), content))
    assert stored is not None
    assert stored.content == content


def test_ids_cannot_be_guessed(database: Database) -> None:
    person_id = somebody(database)
    ids = {keep(database, person_id) for _ in range(12)}
    assert len(ids) == 12
    assert all(len(file_id) == 43 for file_id in ids)  # 256 bits
    assert all(len({file_id[place] for file_id in ids}) > 2 for place in range(42))


@pytest.mark.parametrize("file_id", UNKNOWN_IDS, ids=range(len(UNKNOWN_IDS)))
def test_an_unknown_id_finds_nothing(database: Database, file_id: str) -> None:
    keep(database, somebody(database))
    assert Files(database).open(file_id) is None


def test_a_file_belongs_to_the_callers_transaction(database: Database) -> None:
    person_id = somebody(database)
    with database.engine.connect() as connection:
        transaction = connection.begin()
        file_id = Files(database).keep(connection, person_id, NAME, TYPE, CONTENT)
        transaction.rollback()
    assert Files(database).open(file_id) is None


def test_erasing_a_person_erases_their_files_only(database: Database) -> None:
    one, other = somebody(database), somebody(database)
    theirs, not_theirs = keep(database, one), keep(database, other)
    with database.writing() as connection:
        Erasure(database).of(one, "web")(connection, database.now(connection))
    assert Files(database).open(theirs) is None
    assert Files(database).open(not_theirs) is not None


def test_a_file_whose_key_is_gone_is_an_error_that_quotes_nothing(database: Database) -> None:
    file_id = keep(database, somebody(database))
    other = Database(database.url, Cipher([Fernet.generate_key().decode()], "index"))
    with pytest.raises(UnreadableError) as caught:
        Files(other).open(file_id)
    other.dispose()
    assert file_id not in str(caught.value)


def test_a_key_in_front_opens_what_the_old_one_sealed(database: Database) -> None:
    file_id = keep(database, somebody(database))
    keys = [Fernet.generate_key().decode(), SECRETS["PTI_ENCRYPTION_KEYS"]]
    rotated = Database(database.url, Cipher(keys, "index"))
    stored = Files(rotated).open(file_id)
    rotated.dispose()
    assert stored is not None
    assert stored.content == CONTENT


def test_the_content_is_never_shown() -> None:
    shown = repr(StoredFile(NAME, TYPE, CONTENT))
    assert NAME in shown
    assert "Guadalupe" not in shown


def test_no_clear_bytes_are_in_the_databases_files(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with database.reading():  # a reader keeps SQLite's log from being folded into the file
        file_id = keep(database, somebody(database))
        raw = bytes_on_disk(database, request, tmp_path)
    assert file_id.encode() in raw  # the search would find something
    for word in WORDS:
        assert word not in raw
        assert word.hex().encode() not in raw
    assert base64.b64encode(CONTENT)[:40] not in raw


@pytest.mark.parametrize("name", [*NO_NAMES, "a" * 65, "a\n", "a\x00"])
def test_a_name_that_is_no_plain_name_is_refused(sqlite_database: Database, name: str) -> None:
    with sqlite_database.writing() as connection, pytest.raises(ValueError, match="name"):
        Files(sqlite_database).keep(connection, 1, name, TYPE, CONTENT)


@pytest.mark.parametrize("content_type", NO_TYPES)
def test_a_content_type_that_is_none_is_refused(
    sqlite_database: Database, content_type: str
) -> None:
    with sqlite_database.writing() as connection, pytest.raises(ValueError, match="content type"):
        Files(sqlite_database).keep(connection, 1, NAME, content_type, CONTENT)


TRICKS = st.lists(
    st.sampled_from(
        ["..", "/", "\\", "%2e", "%2F", "a", "b.pdf", "\r\n", '"', ";", "\x00", "ñ", "‮"]
    )
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.one_of(st.text(max_size=80), TRICKS, st.from_regex(r"[\w.-]{1,70}", fullmatch=True)))
def test_a_name_is_refused_or_safe_in_a_path_and_in_a_header(
    sqlite_database: Database, name: str
) -> None:
    with sqlite_database.writing() as connection:
        person = connection.execute(people.insert().values(created_at=0)).inserted_primary_key[0]
        try:
            Files(sqlite_database).keep(connection, person, name, TYPE, b"x")
        except ValueError:
            return
    assert name.isascii()
    assert name[0].isalnum()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert len(name) <= 64
