"""The review queues: making, pausing, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from bot.console.reviewing.rules import RULES, THRESHOLDS
from bot.storage.console_tables import review_items, review_queues
from bot.storage.database import Database

LONGEST_NAME = 64


class QueueError(Exception):
    """A queue that cannot be made; `kind` says why: bad_name, bad_rule, bad_threshold, taken."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


@dataclass(frozen=True)
class Queue:
    """One queue; `counts` by state: open, settled, disputed."""

    id: int
    name: str
    rule: str
    threshold: float
    is_blind: bool
    is_active: bool
    filled_until: float | None
    counts: dict[str, int]


class Queues:
    """Reads and changes queues."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Queue]:
        """Every queue: active ones first, by name."""
        order = (review_queues.c.active.desc(), review_queues.c.name)
        with self._database.reading() as connection:
            counts = _counts(connection)
            rows = connection.execute(select(review_queues).order_by(*order)).all()
        return [_queue(row, counts.get(row.id, {})) for row in rows]

    def find(self, queue_id: int) -> Queue | None:
        """One queue."""
        with self._database.reading() as connection:
            statement = select(review_queues).where(review_queues.c.id == queue_id)
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            return _queue(row, _counts(connection, queue_id).get(queue_id, {}))

    def make(
        self, connection: Connection, name: str, rule: str, percent: str, *, blind: bool
    ) -> int:
        """Makes a queue. `percent` is what the rule's threshold is, where it has one; empty: the
        usual. Raises QueueError."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise QueueError("bad_name")
        if rule not in RULES:
            raise QueueError("bad_rule")
        values = {
            "name": name,
            "rule": rule,
            "threshold": _threshold(rule, percent),
            "blind": int(blind),
            "created_at": self._database.now(connection),
        }
        try:
            made = connection.execute(review_queues.insert().values(**values))
        except IntegrityError as error:
            raise QueueError("taken") from error
        return int(made.inserted_primary_key[0])

    @staticmethod
    def set_active(connection: Connection, queue_id: int, *, active: bool) -> bool:
        """Lets a queue take messages, or lets it rest. False where there is no such queue."""
        changed = connection.execute(
            update(review_queues).where(review_queues.c.id == queue_id).values(active=int(active))
        )
        return bool(changed.rowcount == 1)


def _threshold(rule: str, percent: str) -> float | None:
    if rule not in THRESHOLDS:
        return None
    if not percent.strip():
        return THRESHOLDS[rule]
    try:
        share = float(percent) / 100
    except ValueError:
        raise QueueError("bad_threshold") from None
    if not 0 < share <= 1:
        raise QueueError("bad_threshold")
    return share


def _counts(connection: Connection, queue_id: int | None = None) -> dict[int, dict[str, int]]:
    columns = (review_items.c.queue_id, review_items.c.state)
    statement = select(*columns, func.count().label("count")).group_by(*columns)
    if queue_id is not None:
        statement = statement.where(review_items.c.queue_id == queue_id)
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.queue_id, {})[row.state] = row.count
    return found


def _queue(row: Row, counts: dict[str, int]) -> Queue:
    return Queue(
        row.id,
        row.name,
        row.rule,
        row.threshold or 0.0,
        bool(row.blind),
        bool(row.active),
        row.filled_until,
        {"open": 0, "settled": 0, "disputed": 0, **counts},
    )
