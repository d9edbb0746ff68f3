"""Sessions on the server. The browser holds a random token, the database a keyed digest of it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection, Row

from bot.console.access import Account, Stage
from bot.settings import Settings
from bot.storage.console_tables import accounts, console_sessions
from bot.storage.database import Database

TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# How exact "seen" is: not every click is a write.
SEEN_SECONDS = 30.0


@dataclass(frozen=True)
class Session:
    """A session as it stands at the time `now` (seconds since 1970, the database's clock)."""

    index: str
    account: Account
    stage: Stage
    now: float
    proved_at: float
    has_second_step: bool


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._idle = settings.console.idle_minutes * 60
        self._longest = settings.console.session_hours * 3600
        self._must_have_second_step = settings.console.second_step == "required"

    def open(self, connection: Connection, account_id: int, *, complete: bool) -> str:
        """Opens a session within the caller's transaction and gives its token. With `complete`
        the second step was taken, or the account has none."""
        token = new_token()
        now = self._database.now(connection)
        self._forget_old(connection, now)
        connection.execute(
            console_sessions.insert().values(
                token_index=self.index(token),
                account_id=account_id,
                complete=int(complete),
                created_at=now,
                seen_at=now,
                proved_at=now,
            )
        )
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token; None where it ended, was revoked, or never was. Marks it as
        seen."""
        if not TOKEN.fullmatch(token):
            return None
        index = self.index(token)
        with self._database.reading() as connection:
            now = self._database.now(connection)
            row = connection.execute(_session(index)).one_or_none()
        if row is None or not self._lasts(row, now):
            return None
        if now - row.seen_at > min(SEEN_SECONDS, self._idle / 10):
            self._mark_seen(index, row.account_id, now)
        account = Account(row.account_id, row.login, row.name, row.role, row.language)
        has_second_step = row.totp_sealed is not None
        return Session(index, account, self._stage(row), now, row.proved_at, has_second_step)

    def prove(self, connection: Connection, index: str) -> None:
        """Notes that the password or code was given anew."""
        now = self._database.now(connection)
        _change(connection, console_sessions.c.token_index == index, proved_at=now)

    def end(self, connection: Connection, index: str) -> None:
        """Ends one session."""
        now = self._database.now(connection)
        _change(connection, console_sessions.c.token_index == index, revoked_at=now)

    def end_all(self, connection: Connection, account_id: int, but: str = "") -> None:
        """Ends the account's sessions, but the one with the index `but`."""
        now = self._database.now(connection)
        theirs = console_sessions.c.account_id == account_id
        _change(connection, theirs & (console_sessions.c.token_index != but), revoked_at=now)

    def lasting(self, connection: Connection, account_id: int) -> list[Row]:
        """The account's sessions that have not ended (token_index, created_at, seen_at), newest
        first."""
        now = self._database.now(connection)
        table = console_sessions.c
        statement = (
            select(table.token_index, table.created_at, table.seen_at)
            .where(table.account_id == account_id, table.revoked_at.is_(None))
            .where(table.seen_at >= now - self._idle, table.created_at >= now - self._longest)
            .order_by(table.created_at.desc())
        )
        return list(connection.execute(statement))

    def index(self, token: str) -> str:
        """How a token is kept."""
        return self._database.cipher.index(f"console-session:{token}")

    def _lasts(self, row: Row, now: float) -> bool:
        fresh = now - row.seen_at <= self._idle and now - row.created_at <= self._longest
        return fresh and row.revoked_at is None and row.state == "active"

    def _stage(self, row: Row) -> Stage:
        if not row.complete:
            return Stage.CODE
        if row.must_change_password:
            return Stage.NEW_PASSWORD
        if self._must_have_second_step and row.totp_sealed is None:
            return Stage.SET_UP
        return Stage.IN

    def _forget_old(self, connection: Connection, now: float) -> None:
        """Deletes what ended by its age."""
        old = console_sessions.c.created_at < now - self._longest
        connection.execute(delete(console_sessions).where(old))

    def _mark_seen(self, index: str, account_id: int, now: float) -> None:
        with self._database.writing() as connection:
            _change(connection, console_sessions.c.token_index == index, seen_at=now)
            connection.execute(
                update(accounts).where(accounts.c.id == account_id).values(seen_at=now)
            )


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _session(index: str) -> object:
    joined = console_sessions.join(accounts, accounts.c.id == console_sessions.c.account_id)
    columns = [c for c in accounts.c if c.name not in ("seen_at", "created_at", "password_hash")]
    return (
        select(console_sessions, *columns)
        .select_from(joined)
        .where(console_sessions.c.token_index == index)
    )


def _change(connection: Connection, which: object, **values: float) -> None:
    lasting = console_sessions.c.revoked_at.is_(None)
    connection.execute(update(console_sessions).where(which, lasting).values(**values))
