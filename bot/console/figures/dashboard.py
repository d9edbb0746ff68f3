"""All figures of a period, read at one moment, and the charts that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.console.figures.charts import Chart, bars, columns, line
from bot.console.figures.numbers import (
    FunnelStep,
    by_day,
    by_hour,
    funnel,
    most_frequent,
    percentile,
)
from bot.console.figures.outcomes import (
    Outcomes,
    Satisfaction,
    count_outcomes,
    count_satisfaction,
    count_steps,
)
from bot.console.figures.period import Period
from bot.console.figures.replies import count_agent_replies, count_failures
from bot.console.figures.talk import ANSWERED, ASKED, NOT_UNDERSTOOD, Talk, count_talk
from bot.console.moments import SHORT_DAY, WHOLE_DAY, day_shown
from bot.messaging.turn_notes import STEPS
from bot.storage.database import Database

MOST_TOPICS = 15
HALF, NEARLY_ALL = 50, 95


@dataclass(frozen=True)
class Dashboard:
    """What was counted."""

    period: Period
    talk: Talk
    outcomes: Outcomes
    satisfaction: Satisfaction
    steps: Mapping[str, int]
    agent_replies: Mapping[int, int]
    failures: Mapping[str, int]

    @property
    def funnel(self) -> list[FunnelStep]:
        """The way to a registration."""
        return funnel(self.steps, (*STEPS, "registered"))


def read_dashboard(database: Database, period: Period) -> Dashboard:
    """Counts everything in one transaction."""
    since, until = period.moments
    with database.reading() as connection:
        return Dashboard(
            period,
            count_talk(connection, since, until),
            count_outcomes(connection, since, until, database.now(connection)),
            count_satisfaction(connection, since, until),
            count_steps(connection, since, until),
            count_agent_replies(connection, since, until),
            count_failures(connection, since, until),
        )


@dataclass(frozen=True)
class Number:
    """A figure that is one number. `kind`: count, share, seconds or score; None: nothing to
    count."""

    name: str
    value: float | None
    kind: str


def numbers_of(board: Dashboard) -> list[Number]:
    """The figures that are numbers."""
    talk, outcomes, said = board.talk, board.outcomes, board.satisfaction
    return [
        Number("conversations", talk.conversations, "count"),
        Number("people", talk.people, "count"),
        Number("messages", talk.messages, "count"),
        Number("understood", talk.share_of(ANSWERED), "share"),
        Number("asked", talk.share_of(ASKED), "share"),
        Number("fallback", talk.share_of(NOT_UNDERSTOOD), "share"),
        Number("finished", outcomes.finished, "count"),
        Number("resolved", outcomes.resolved, "share"),
        Number("handed_over", outcomes.handed_over, "count"),
        Number("complaints", outcomes.complaints, "count"),
        Number("first_reply", percentile(talk.by_wait, HALF), "seconds"),
        Number("first_reply_95", percentile(talk.by_wait, NEARLY_ALL), "seconds"),
        Number("agent_reply", percentile(board.agent_replies, HALF), "seconds"),
        Number("agent_reply_95", percentile(board.agent_replies, NEARLY_ALL), "seconds"),
        Number("failures", sum(board.failures.values()), "count"),
        Number("satisfaction", said.mean, "score"),
        Number("spared", said.spared_share, "share"),
    ]


@dataclass(frozen=True)
class Drawn:
    """A chart under its name, with the rows of its table: label, value, and what is beside it."""

    name: str
    chart: Chart
    rows: tuple[tuple[str, int, str], ...]


def charts_of(
    board: Dashboard, names: Mapping[str, Mapping[str, str]], lost: str, language: str
) -> list[Drawn]:
    """The figures that are charts, those that are about as high beside each other. `names` gives
    labels by kind (channels, languages, topics, tasks, reasons, steps); `lost` says which percent
    did not come on."""
    talk, period = board.talk, board.period

    def named(kind: str, counts: Mapping[str, int], most: int = 12) -> list[tuple[str, int]]:
        labels = names[kind]
        return [(labels.get(key, key), count) for key, count in most_frequent(counts, most)]

    days = by_day(talk.by_quarter, period.days, period.zone)
    hours = by_hour(talk.by_quarter, period.zone)
    steps = board.funnel
    notes = ["" if not s.lost else lost.format(percent=round(s.lost * 100)) for s in steps]
    scores = [(str(score), board.satisfaction.scores.get(score, 0)) for score in range(1, 6)]
    by_day_rows, by_day_marks = (
        [(day_shown(day, language, form), n) for day, n in zip(period.days, days, strict=True)]
        for form in (WHOLE_DAY, SHORT_DAY)
    )
    by_hour_rows = [(f"{hour}:00", count) for hour, count in enumerate(hours)]
    step_rows = [(names["steps"].get(step.name, step.name), step.count) for step in steps]
    return [
        _drawn("by_day", line(by_day_marks), by_day_rows),
        _drawn("by_hour", columns(by_hour_rows), by_hour_rows),
        *(
            _lying(name, rows)
            for name, rows in (
                ("by_channel", named("channels", talk.by_channel)),
                ("by_language", named("languages", talk.by_language)),
                ("tasks", [(names["tasks"][k], n) for k, n in board.outcomes.tasks.items()]),
                ("reasons", named("reasons", board.outcomes.reasons)),
                ("failures_by_channel", named("channels", board.failures)),
                ("scores", scores),
            )
        ),
        _lying("by_topic", named("topics", talk.by_topic, MOST_TOPICS)),
        _lying("funnel", step_rows, notes),
    ]


def _lying(name: str, rows: Sequence[tuple[str, int]], notes: Sequence[str] = ()) -> Drawn:
    return _drawn(name, bars(rows, notes), rows, notes)


def _drawn(
    name: str, chart: Chart, rows: Sequence[tuple[str, int]], notes: Sequence[str] = ()
) -> Drawn:
    beside = notes or [""] * len(rows)
    return Drawn(
        name, chart, tuple((label, n, note) for (label, n), note in zip(rows, beside, strict=True))
    )
