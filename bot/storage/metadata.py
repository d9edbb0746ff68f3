"""What all tables have in common: how constraints are named, how rows are numbered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the key is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


def index_of_some(name: str, *columns: Any, where: str) -> Index:
    """An index of the rows alone that are so: its size is theirs, whatever was ever written."""
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
