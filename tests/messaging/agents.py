"""Agents of the call center, and what they do with conversations."""

from __future__ import annotations

import itertools
import uuid

from bot.messaging.agent_messages import AgentMessages
from bot.messaging.contents import Reply
from bot.messaging.modes import Agent, Modes, Standing
from bot.storage.console_tables import accounts
from bot.storage.database import Database

_numbers = itertools.count(1)


class Desk:
    """One agent at a desk; each deed is a transaction of its own, as in the console."""

    def __init__(
        self, database: Database, name: str = "Ana", role: str = "agent", overrules: bool = False
    ) -> None:
        self._database = database
        self._modes = Modes(database)
        with database.writing() as connection:
            row = {
                "login": f"{name.lower()}{next(_numbers)}",
                "name": name,
                "role": role,
                "password_hash": "-",
                "created_at": database.now(connection),
            }
            key = connection.execute(accounts.insert().values(**row)).inserted_primary_key[0]
        self.agent = Agent(key, name, overrules)

    def take_over(self, conversation: int) -> None:
        with self._database.writing() as connection:
            self._modes.take_over(connection, conversation, self.agent)

    def hand_back(self, conversation: int) -> None:
        with self._database.writing() as connection:
            self._modes.hand_back(connection, conversation, self.agent)

    def close(self, conversation: int, reason: str = "solved") -> None:
        with self._database.writing() as connection:
            self._modes.close(connection, conversation, self.agent, reason)

    def forward(self, conversation: int, to: Desk | None = None) -> None:
        with self._database.writing() as connection:
            self._modes.forward(connection, conversation, self.agent, to.agent.id if to else None)

    def assign(self, conversation: int, to: Desk | None) -> None:
        with self._database.writing() as connection:
            self._modes.assign(connection, conversation, to.agent.id if to else None)

    def write(self, conversation: int, text: str, key: str | None = None) -> bool:
        with self._database.writing() as connection:
            return AgentMessages(self._database).write(
                connection, conversation, self.agent.id, Reply(text), key or uuid.uuid4().hex
            )

    def standing(self, conversation: int) -> Standing:
        with self._database.reading() as connection:
            return self._modes.standing(connection, conversation)
