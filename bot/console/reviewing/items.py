"""The messages in a queue, what reviewers said of them, and what a supervisor settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from bot.console.reviewing.agreement import DISPUTED, OPEN, SETTLED, label_of, state_after
from bot.storage.console_tables import accounts, review_items, review_queues, reviews, turns
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import inbox

VERDICTS = ("right", "wrong", "new_topic")
QUALITIES = (1, 2, 3, 4, 5)
LISTED = 50
ERASED = "erased"


class NotYoursError(Exception):
    """The message is not open to this reviewer: it is settled, or they have had their say."""


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says. `topic`: which it was, where `kind` is wrong; `quality` of the answer,
    1 to 5, None: not said."""

    kind: str
    topic: str | None = None
    quality: int | None = None
    comment: str = field(default="", repr=False)


@dataclass(frozen=True)
class Said:
    """A review as it is shown: who, what, which topic that makes it."""

    account_id: int
    name: str
    label: str
    verdict: Verdict


class Items:
    """Reads and reviews messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, item_id: int) -> Row | None:
        """A message of a queue with what was understood of it, the message's place and its
        queue."""
        with self._database.reading() as connection:
            return connection.execute(_items().where(review_items.c.id == item_id)).one_or_none()

    def open_to(self, queue_id: int, account_id: int, most: int = LISTED) -> list[Row]:
        """The messages that the account can review in a queue, oldest first."""
        mine = select(reviews.c.id).where(
            reviews.c.item_id == review_items.c.id, reviews.c.account_id == account_id
        )
        statement = _items().where(
            review_items.c.queue_id == queue_id,
            review_items.c.state == OPEN,
            inbox.c.state != ERASED,
            ~mine.exists(),
        )
        with self._database.reading() as connection:
            return list(connection.execute(statement.order_by(review_items.c.id).limit(most)))

    def disputed(self, queue_id: int) -> list[Row]:
        """The messages of a queue that a supervisor has to settle."""
        statement = _items().where(
            review_items.c.queue_id == queue_id, review_items.c.state == DISPUTED
        )
        with self._database.reading() as connection:
            return list(connection.execute(statement.order_by(review_items.c.id).limit(LISTED)))

    def said_of(self, item: Row) -> list[Said]:
        """All reviews of a message, in the order in which they came."""
        statement = (
            select(reviews, accounts.c.name)
            .join(accounts, accounts.c.id == reviews.c.account_id)
            .where(reviews.c.item_id == item.id)
            .order_by(reviews.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            Said(
                row.account_id,
                row.name,
                label_of(row.verdict, item.topic, row.topic),
                Verdict(row.verdict, row.topic, row.quality, self._opened(row.comment_sealed)),
            )
            for row in rows
        ]

    def review(self, item_id: int, account_id: int, verdict: Verdict) -> str:
        """Keeps a review and gives the message's state after it. Raises NotYoursError."""
        with self._database.writing() as connection:
            item = _locked(connection, item_id)
            before = _labels(connection, item)
            if item.state != OPEN or account_id in before:
                raise NotYoursError(item_id)
            comment = verdict.comment
            now = self._database.now(connection)
            connection.execute(
                reviews.insert().values(
                    item_id=item_id,
                    account_id=account_id,
                    verdict=verdict.kind,
                    topic=verdict.topic,
                    quality=verdict.quality,
                    comment_sealed=self._database.cipher.seal(comment) if comment else None,
                    at=now,
                )
            )
            label = label_of(verdict.kind, item.topic, verdict.topic)
            state, topic = state_after([*before.values(), label], blind=bool(item.blind))
            _set_state(connection, item_id, state, topic, now)
        return state

    def settle(self, connection: Connection, item_id: int, topic: str) -> None:
        """A supervisor says which topic it was. Raises NotYoursError where nobody disputes it."""
        if _locked(connection, item_id).state != DISPUTED:
            raise NotYoursError(item_id)
        _set_state(connection, item_id, SETTLED, topic, self._database.now(connection))

    def pairs(self, queue_id: int) -> list[tuple[str, str]]:
        """What two reviewers said of each message that both saw; of a pair of accounts always the
        same one first."""
        statement = (
            select(
                reviews.c.item_id, reviews.c.verdict, reviews.c.topic, turns.c.topic.label("was")
            )
            .join(review_items, review_items.c.id == reviews.c.item_id)
            .join(turns, turns.c.inbox_id == review_items.c.inbox_id)
            .where(review_items.c.queue_id == queue_id)
            .order_by(reviews.c.item_id, reviews.c.account_id)
        )
        labels: dict[int, list[str]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(statement):
                label = label_of(row.verdict, row.was, row.topic)
                labels.setdefault(row.item_id, []).append(label)
        return [(said[0], said[1]) for said in labels.values() if len(said) > 1]

    def quality(self, queue_id: int) -> float | None:
        """The mean quality of the answers in a queue, 1 to 5."""
        statement = (
            select(func.avg(reviews.c.quality))
            .join(review_items, review_items.c.id == reviews.c.item_id)
            .where(review_items.c.queue_id == queue_id)
        )
        with self._database.reading() as connection:
            found = connection.execute(statement).scalar_one()
        return None if found is None else float(found)

    def _opened(self, sealed: bytes | None) -> str:
        try:
            return str(self._database.cipher.open(sealed)) if sealed else ""
        except UnreadableError:
            return ""


def _items() -> Select:
    return (
        select(
            review_items,
            review_queues.c.blind,
            review_queues.c.name.label("queue"),
            turns.c.topic,
            turns.c.confidence,
            turns.c.decision,
            turns.c.at,
            inbox.c.position,
            inbox.c.received_at,
            inbox.c.content_sealed,
        )
        .join(review_queues, review_queues.c.id == review_items.c.queue_id)
        .join(turns, turns.c.inbox_id == review_items.c.inbox_id)
        .join(inbox, inbox.c.id == review_items.c.inbox_id)
    )


def _locked(connection: Connection, item_id: int) -> Row:
    """The message; nobody else reviews or settles it meanwhile."""
    lock = select(review_items.c.id).where(review_items.c.id == item_id).with_for_update()
    if connection.execute(lock).one_or_none() is None:
        raise NotYoursError(item_id)
    return connection.execute(_items().where(review_items.c.id == item_id)).one()


def _labels(connection: Connection, item: Row) -> dict[int, str]:
    """By account, which topic each review says that it was."""
    columns = (reviews.c.account_id, reviews.c.verdict, reviews.c.topic)
    statement = select(*columns).where(reviews.c.item_id == item.id).order_by(reviews.c.id)
    return {
        row.account_id: label_of(row.verdict, item.topic, row.topic)
        for row in connection.execute(statement)
    }


def _set_state(
    connection: Connection, item_id: int, state: str, topic: str | None, now: float
) -> None:
    settled_at = now if state == SETTLED else None
    connection.execute(
        update(review_items)
        .where(review_items.c.id == item_id)
        .values(state=state, settled_topic=topic, settled_at=settled_at)
    )


def texts_of(items: Sequence[Row], database: Database) -> dict[int, str]:
    """What the person wrote, by item; empty where it was erased or cannot be read."""
    found = {}
    for item in items:
        try:
            content = database.cipher.open(item.content_sealed)
        except UnreadableError:
            content = {}
        found[item.id] = str(content.get("text") or "")
    return found
