"""The service in one process, with a real database, the real assistant and a real sandbox: people
write, and everything that comes of it is done before they write again."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from bot.errands.work import work_of
from bot.messaging.assistant import Assistant
from bot.messaging.brain import Brain
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.people.record import PersonRecord
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.tables import errands
from tests.conversations.person import Answer, what_nobody_may_read
from tests.people.known import known_of

_numbers = itertools.count(1)


class House:
    """One brain on one database."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        assistant: Assistant,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.database = database
        self.loop = loop
        self.brain = Brain(settings, database, assistant, work_of(settings, database))
        self.inbox, self.outbox = Inbox(database), Outbox(database)

    def settle(self) -> None:
        """Answers what waits and does what is due, until nothing is left of either."""
        self.loop.run_until_complete(self._settle())

    async def _settle(self) -> None:
        more = 1
        while more:
            while claimed := self.inbox.claim(self.brain.name, 60):
                await self.brain.answer(claimed)
            more = await self.brain.errands.do_due()

    def make_due(self, kind: str | None = None) -> None:
        """Errands that wait for a later time are due now."""
        with self.database.writing() as connection:
            statement = update(errands).where(errands.c.state == "waiting").values(due_at=0)
            if kind:
                statement = statement.where(errands.c.kind == kind)
            connection.execute(statement)

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table."""
        with self.database.reading() as connection:
            return list(connection.execute(table.select().order_by(*table.primary_key)).all())


@dataclass
class Caller:
    """Somebody who writes in one channel."""

    house: House
    channel: str = "web"
    name: str = field(default_factory=lambda: f"caller-{next(_numbers)}")
    sent: int = 0

    def __post_init__(self) -> None:
        self.address = self.house.inbox.open_address(self.channel, self.name)
        self.answer = Answer(())
        self._seen = 0

    def says(self, text: str) -> Answer:
        """Types a message; gives all that is said until nothing is left to do."""
        return self._send(Incoming(text))

    def taps(self, title: str) -> Answer:
        """Chooses the newest option of that title."""
        lines = self.house.outbox.conversation(self.address.conversation_id, limit=10_000)
        options = [
            o for line in lines if isinstance(line.content, Reply) for o in line.content.options
        ]
        found = [option for option in options if option.title == title]
        assert found, f"{title!r} was never offered:\n{self.written()}"
        return self._send(Incoming(found[-1].title, found[-1].id))

    def writes(self, text: str) -> None:
        """Sends a message and does not wait."""
        self._put(Incoming(text))

    def hears(self, *names: str) -> None:
        """The last answer consists of these responses."""
        assert self.answer.names == list(names), self.written()

    def heard(self, name: str) -> bool:
        """Whether the last answer has this response."""
        return name in self.answer.names

    def looks(self) -> Answer:
        """Everything that was said since the last look."""
        lines = self.house.outbox.conversation(
            self.address.conversation_id, self._seen, limit=10_000
        )
        replies = tuple(line.content for line in lines if isinstance(line.content, Reply))
        self._seen = max([self._seen, *(line.position for line in lines)])
        self.answer = Answer(replies)
        if replies:
            wrong = list(what_nobody_may_read(self.answer))
            assert not wrong, f"{wrong} in:\n{self.written()}"
        return self.answer

    @property
    def record(self) -> PersonRecord:
        """What is known of the person."""
        known = known_of(self.house.database, self.address.conversation_id)
        return PersonRecord.from_json(known.record)

    def written(self) -> str:
        """The conversation, for a person to read."""
        lines = []
        for line in self.house.outbox.conversation(self.address.conversation_id, limit=10_000):
            if isinstance(line.content, Reply):
                options = "".join(f" ({option.title})" for option in line.content.options)
                lines.append(f"    [{line.content.answer}] {line.content.text}{options}")
            else:
                lines.append(f"› {line.content.text}")
        return "\n".join(lines)

    def _send(self, content: Incoming) -> Answer:
        self._put(content)
        self.house.settle()
        return self.looks()

    def _put(self, content: Incoming) -> None:
        self.sent += 1
        self.house.inbox.receive(self.channel, self.address, f"{self.name}-{self.sent}", content)
