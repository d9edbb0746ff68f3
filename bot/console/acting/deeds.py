"""What agents do, each in one transaction with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from bot.console.access import Account, Permission
from bot.console.house import House
from bot.messaging.agent_messages import AgentSilentError
from bot.messaging.modes import Agent, HeldError, Modes, NotHeldError
from bot.storage.console_tables import accounts, notes, tags
from bot.storage.tables import cases

LONGEST_NOTE = 2000
LONGEST_TAG = 32
NOT_REACHED_SECONDS = 3600.0
CASE_DEEDS = ("done", "not_reached", "later")

Deed = Callable[[Connection], dict[str, Any] | None]


class RefusedDeedError(Exception):
    """It was not done; `reason` names the string that says why, `given` what is put into it."""

    def __init__(self, reason: str, **given: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.given = given


class Deeds:
    """The deeds of one account."""

    def __init__(self, house: House, account: Account) -> None:
        self._house = house
        self._account = account
        self._modes = Modes(house.database)
        self._agent = Agent(account.id, account.name, overrules=account.may(Permission.SETTLE))

    def take_over(self, conversation_id: int) -> None:
        """The agent holds the conversation from now on."""
        self._do(
            "take_over",
            f"conversation/{conversation_id}",
            lambda c: self._modes.take_over(c, conversation_id, self._agent),
        )

    def hand_back(self, conversation_id: int) -> None:
        """The assistant goes on."""
        self._do(
            "hand_back",
            f"conversation/{conversation_id}",
            lambda c: self._modes.hand_back(c, conversation_id, self._agent),
        )

    def close(self, conversation_id: int, reason: str) -> None:
        """The matter is over."""

        def close(connection: Connection) -> dict[str, Any]:
            self._modes.close(connection, conversation_id, self._agent, reason)
            return {"reason": reason}

        self._do("close", f"conversation/{conversation_id}", close)

    def forward(self, conversation_id: int, to: int | None, note: str) -> None:
        """Passes the conversation on, with a note for whoever takes it."""
        if not note.strip():
            raise RefusedDeedError("note_missing")

        def forward(connection: Connection) -> dict[str, Any]:
            self._check_colleague(connection, to)
            self._modes.forward(connection, conversation_id, self._agent, to)
            self._note(connection, conversation_id, note)
            return {"to": to}

        self._do("forward", f"conversation/{conversation_id}", forward)

    def assign(self, conversation_id: int, to: int | None) -> None:
        """Whose task it is."""

        def assign(connection: Connection) -> dict[str, Any]:
            self._check_colleague(connection, to)
            self._modes.assign(connection, conversation_id, to)
            return {"to": to}

        self._do("assign", f"conversation/{conversation_id}", assign)

    def note(self, conversation_id: int, text: str) -> None:
        """Keeps a note that only the call center reads."""
        if not text.strip():
            raise RefusedDeedError("note_missing")
        self._do(
            "note",
            f"conversation/{conversation_id}",
            lambda c: self._note(c, conversation_id, text),
        )

    def tag(self, conversation_id: int, tag: str) -> None:
        """Marks the conversation. Tags are words of the call center, not of people."""
        plain = " ".join(tag.lower().split())
        if not plain or len(plain) > LONGEST_TAG or not plain.replace(" ", "").isalnum():
            raise RefusedDeedError("tag_unusable")

        def mark(connection: Connection) -> dict[str, Any]:
            same = (tags.c.conversation_id == conversation_id) & (tags.c.tag == plain)
            if connection.execute(select(tags.c.tag).where(same)).first() is None:
                connection.execute(
                    tags.insert().values(
                        conversation_id=conversation_id,
                        tag=plain,
                        account_id=self._account.id,
                        at=self._house.database.now(connection),
                    )
                )
            return {"tag": plain}

        self._do("tag", f"conversation/{conversation_id}", mark)

    def untag(self, conversation_id: int, tag: str) -> None:
        """Takes a mark away."""

        def unmark(connection: Connection) -> dict[str, Any]:
            same = (tags.c.conversation_id == conversation_id) & (tags.c.tag == tag)
            connection.execute(delete(tags).where(same))
            return {"tag": tag[:LONGEST_TAG]}

        self._do("untag", f"conversation/{conversation_id}", unmark)

    def see_to(self, case_id: int, result: str, later_at: float | None = None) -> None:
        """What became of a callback or a complaint."""
        if result not in CASE_DEEDS or (result == "later" and later_at is None):
            raise RefusedDeedError("result_missing")

        def see_to(connection: Connection) -> dict[str, Any]:
            now = self._house.database.now(connection)
            values: dict[str, Any] = {"account_id": self._account.id, "handled_at": now}
            if result == "done":
                values |= {"state": "done"}
            elif result == "not_reached":
                values |= {"tries": cases.c.tries + 1, "due_at": now + NOT_REACHED_SECONDS}
            else:
                if later_at is not None and later_at <= now:
                    raise RefusedDeedError("later_past")
                values |= {"due_at": later_at}
            open_one = (cases.c.id == case_id) & (cases.c.state == "open")
            if connection.execute(update(cases).where(open_one).values(**values)).rowcount != 1:
                raise RefusedDeedError("case_over")
            return {"result": result}

        self._do("case", f"case/{case_id}", see_to)

    def _do(self, deed: str, object: str, what: Deed | Callable[[Connection], None]) -> None:
        try:
            with self._house.database.writing() as connection:
                detail = what(connection)
                self._house.audit.record(connection, self._account.id, deed, object, detail)
        except HeldError as held:
            raise RefusedDeedError("held", holder=held.holder) from held
        except (NotHeldError, AgentSilentError) as error:
            raise RefusedDeedError("not_held") from error

    def _note(self, connection: Connection, conversation_id: int, text: str) -> None:
        connection.execute(
            notes.insert().values(
                conversation_id=conversation_id,
                account_id=self._account.id,
                text_sealed=self._house.cipher.seal(text.strip()[:LONGEST_NOTE]),
                at=self._house.database.now(connection),
            )
        )

    @staticmethod
    def _check_colleague(connection: Connection, to: int | None) -> None:
        if to is None:
            return
        active = (accounts.c.id == to) & (accounts.c.state == "active")
        if connection.execute(select(accounts.c.id).where(active)).first() is None:
            raise RefusedDeedError("no_such_colleague")
