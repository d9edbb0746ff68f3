"""Counts of what conversations came to: tasks, hand-overs, registrations, satisfaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.console.figures.numbers import mean, share
from bot.console.reading.conversations import ABANDONED_SECONDS
from bot.storage.console_tables import desk, registration_steps, satisfaction
from bot.storage.tables import cases

# What a conversation comes to for the first time, and when.
FINISHED = {
    "quota": desk.c.quota_at,
    "registered": desk.c.registered_at,
    "line": desk.c.line_at,
}
CALLBACK, COMPLAINT = "callback", "complaint"
NOT_NOTED = "not_noted"


@dataclass(frozen=True)
class Outcomes:
    """Tasks that were finished, by kind; conversations with one, and those left amid one; who
    wanted a person, and why."""

    tasks: Mapping[str, int]
    finished: int
    left: int
    handed_over: int
    reasons: Mapping[str, int]
    complaints: int

    @property
    def resolved(self) -> float | None:
        """Of the conversations with a task, which part finished one."""
        return share(self.finished, self.finished + self.left)


@dataclass(frozen=True)
class Satisfaction:
    """What people said at the end of a task."""

    scores: Mapping[int, int]
    spared: int
    asked_spared: int

    @property
    def mean(self) -> float | None:
        """1 to 5."""
        return mean(self.scores)

    @property
    def spared_share(self) -> float | None:
        """Which part was spared a call."""
        return share(self.spared, self.asked_spared)


def count_outcomes(connection: Connection, since: float, until: float, now: float) -> Outcomes:
    """Counts within a period."""

    def within(column: ColumnElement) -> ColumnElement:
        return (column >= since) & (column < until)

    in_cases = dict(
        connection.execute(
            select(cases.c.kind, func.count())
            .where(within(cases.c.created_at))
            .group_by(cases.c.kind)
        ).all()
    )
    called = select(cases.c.conversation_id).where(
        cases.c.kind == CALLBACK, within(cases.c.created_at), cases.c.conversation_id.is_not(None)
    )
    done = or_(
        *(within(at) & at.is_not(None) for at in FINISHED.values()),
        desk.c.conversation_id.in_(called),
    )
    # A task that is under way for long without a word was left.
    left = (
        within(desk.c.heard_at)
        & desk.c.task.is_not(None)
        & (desk.c.heard_at < now - ABANDONED_SECONDS)
        & (desk.c.mode == "bot")
    )
    counted = {
        **{name: within(at) for name, at in FINISHED.items()},
        "finished": done,
        "left": left & ~func.coalesce(done, False),
    }
    # Nothing happens in a conversation after its newest message: the index on that narrows first.
    touched = desk.c.last_at >= since
    sums = [func.sum(case((which, 1), else_=0)).label(name) for name, which in counted.items()]
    row = connection.execute(select(*sums).where(touched)).one()
    found = {name: int(row[name] or 0) for name in counted}
    reason = func.coalesce(desk.c.waiting_reason, NOT_NOTED)
    why = select(reason, func.count()).where(touched, within(desk.c.handed_over_at))
    reasons = {str(name): int(n) for name, n in connection.execute(why.group_by(reason))}
    return Outcomes(
        tasks={**{name: found[name] for name in FINISHED}, CALLBACK: in_cases.get(CALLBACK, 0)},
        finished=found["finished"],
        left=found["left"],
        handed_over=sum(reasons.values()),
        reasons=reasons,
        complaints=in_cases.get(COMPLAINT, 0),
    )


def count_steps(connection: Connection, since: float, until: float) -> dict[str, int]:
    """Conversations whose first datum of a registration was given in the period, by the data that
    they have given since."""
    steps = registration_steps
    began = (
        select(steps.c.conversation_id)
        .group_by(steps.c.conversation_id)
        .having((func.min(steps.c.at) >= since) & (func.min(steps.c.at) < until))
    )
    # Who began in the period has given something in it: the index on that narrows first.
    given = select(steps.c.conversation_id).where(steps.c.at >= since, steps.c.at < until)
    those = began.where(steps.c.conversation_id.in_(given))
    counted = (
        select(steps.c.step, func.count())
        .where(steps.c.conversation_id.in_(those))
        .group_by(steps.c.step)
    )
    found = {str(step): int(count) for step, count in connection.execute(counted)}
    ended = desk.c.registered_at.is_not(None) & desk.c.conversation_id.in_(those)
    return {**found, "registered": _count(connection, ended)}


def count_satisfaction(connection: Connection, since: float, until: float) -> Satisfaction:
    """Counts within a period."""
    of_period = satisfaction.c.at >= since, satisfaction.c.at < until
    scores = (
        select(satisfaction.c.score, func.count())
        .where(*of_period, satisfaction.c.score.is_not(None))
        .group_by(satisfaction.c.score)
    )
    calls = select(func.sum(satisfaction.c.spared_a_call), func.count(satisfaction.c.spared_a_call))
    row = connection.execute(calls.where(*of_period)).one()
    return Satisfaction(
        {int(score): int(count) for score, count in connection.execute(scores)},
        int(row[0] or 0),
        int(row[1]),
    )


def _count(connection: Connection, where: ColumnElement) -> int:
    statement = select(func.count()).select_from(desk).where(where)
    return int(connection.execute(statement).scalar_one())
