"""Saved views: filters under a name, each account's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.storage.console_tables import saved_views
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError

MOST_VIEWS = 40
LONGEST_NAME = 64


@dataclass(frozen=True)
class View:
    """One view; `query` is the filter as it stands in the address."""

    id: int
    name: str
    query: str = field(repr=False)


class Views:
    """Keeps the views of accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, account_id: int) -> list[View]:
        """The account's views, by name."""
        statement = select(saved_views).where(saved_views.c.account_id == account_id)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(saved_views.c.name)).all()
        return [View(row.id, row.name, self._opened(row.query_sealed)) for row in rows]

    def save(self, account_id: int, name: str, query: str) -> bool:
        """Keeps a view; one of the same name is replaced. False where there is no name or there
        are too many."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name or not name.isprintable():
            return False
        values = {"query_sealed": self._database.cipher.seal(query)}
        mine = saved_views.c.account_id == account_id
        try:
            with self._database.writing() as connection:
                changed = connection.execute(
                    saved_views.update().where(mine, saved_views.c.name == name).values(**values)
                )
                if changed.rowcount:
                    return True
                if _count(connection, account_id) >= MOST_VIEWS:
                    return False
                connection.execute(
                    saved_views.insert().values(account_id=account_id, name=name, **values)
                )
        except IntegrityError:  # the same form, sent twice at once
            return True
        return True

    def delete(self, account_id: int, view_id: int) -> bool:
        """Drops a view of the account's; False where it has no such view."""
        with self._database.writing() as connection:
            gone = connection.execute(
                saved_views.delete().where(
                    saved_views.c.id == view_id, saved_views.c.account_id == account_id
                )
            )
        return bool(gone.rowcount == 1)

    def _opened(self, sealed: bytes) -> str:
        try:
            return str(self._database.cipher.open(sealed))
        except UnreadableError:
            return ""


def _count(connection: Connection, account_id: int) -> int:
    statement = select(func.count()).select_from(saved_views)
    return int(
        connection.execute(statement.where(saved_views.c.account_id == account_id)).scalar_one()
    )
