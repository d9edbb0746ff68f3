"""Files that were made for a person, such as the slip of a línea de captura: sealed, found by an id
that nobody guesses."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.storage.database import Database
from bot.storage.tables import files

ID_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
# A name is part of an address and of a header, so it is plain: no folders, no dot in front.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
LONGEST_CONTENT_TYPE = 64


@dataclass(frozen=True)
class StoredFile:
    """A file, opened."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


class Files:
    """Keeps files and opens them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, connection: Connection, person_id: int, name: str, content_type: str, content: bytes
    ) -> str:
        """Writes a file within the caller's transaction and gives its id.

        Raises ValueError for a name or a content type that cannot stand in an address or a header.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("a file's name is of plain letters, digits, dots and hyphens")
        if not _CONTENT_TYPE.fullmatch(content_type) or len(content_type) > LONGEST_CONTENT_TYPE:
            raise ValueError("a content type is like image/png")
        file_id = secrets.token_urlsafe(ID_BYTES)
        connection.execute(
            files.insert().values(
                id=file_id,
                person_id=person_id,
                name=name,
                content_type=content_type,
                content_sealed=self._database.cipher.seal_bytes(content),
                created_at=self._database.now(connection),
            )
        )
        return file_id

    def open(self, file_id: str) -> StoredFile | None:
        """The file with that id; None where there is none (any more).

        Raises UnreadableError where no key opens it.
        """
        if not _ID.fullmatch(file_id):
            return None
        columns = (files.c.name, files.c.content_type, files.c.content_sealed)
        with self._database.reading() as connection:
            row = connection.execute(select(*columns).where(files.c.id == file_id)).one_or_none()
        if row is None:
            return None
        content = self._database.cipher.open_bytes(row.content_sealed)
        return StoredFile(row.name, row.content_type, content)
