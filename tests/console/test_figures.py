"""Each figure against a case counted by hand, in both databases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.console.figures.charts import bars, columns, line
from bot.console.figures.clusters import clusters_of
from bot.console.figures.dashboard import numbers_of, read_dashboard
from bot.console.figures.numbers import (
    by_day,
    by_hour,
    funnel,
    in_tenths,
    mean,
    most_frequent,
    percentile,
    reply_waits,
    share,
)
from bot.console.figures.period import MOST_DAYS, Period
from bot.console.figures.unclear import not_understood
from bot.storage.console_tables import desk, registration_steps, satisfaction, turns
from bot.storage.database import Database
from bot.storage.tables import cases, conversations, inbox, outbox
from tests.console.seeded import Writer, note

ZONE = "America/Mexico_City"
TODAY = date(2026, 11, 26)
DAY = Period(date(2024, 11, 25), date(2024, 11, 25), ZONE)  # long past: a task of then was left
SINCE, UNTIL = DAY.moments


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"since": "2026-11-01", "until": "2026-11-30"}, date(2026, 11, 1), date(2026, 11, 30)),
        ({}, date(2026, 11, 20), TODAY),
        ({"since": "2026-11-30", "until": "2026-11-01"}, date(2026, 11, 20), TODAY),
        ({"since": "0001-01-01", "until": "9999-12-31"}, date(2026, 11, 20), TODAY),
        ({"since": "x", "until": "2026-11-01"}, date(2026, 11, 20), TODAY),
        ({"since": "2020-01-01", "until": "2026-11-01"}, date(2025, 11, 1), date(2026, 11, 1)),
    ],
)
def test_the_period_of_an_address(query: dict[str, str], first: date, last: date) -> None:
    period = Period.from_address(query, TODAY, ZONE)
    assert (period.first, period.last) == (first, last)
    assert len(period.days) <= MOST_DAYS


def test_a_day_is_one_of_the_zone() -> None:
    """Mexico City is at UTC-6 all year; Los Angeles has a day of 25 hours in November."""
    assert datetime.fromtimestamp(SINCE, ZoneInfo("UTC")).isoformat() == "2024-11-25T06:00:00+00:00"
    assert UNTIL - SINCE == 24 * 3600
    since, until = Period(date(2026, 11, 1), date(2026, 11, 1), "America/Los_Angeles").moments
    assert until - since == 25 * 3600


def test_shares_and_means() -> None:
    assert share(1, 4) == 0.25
    assert share(0, 0) is None
    assert mean({5: 3, 1: 1}) == 4.0
    assert mean({}) is None
    assert most_frequent({"b": 2, "a": 2, "c": 3}, 2) == [("c", 3), ("a", 2)]


@pytest.mark.parametrize(
    ("seconds", "percent", "within"),
    [
        ([0.1, 0.2, 0.35, 9.0], 50, 0.3),  # the second of four: two tenths passed, under three
        ([0.1, 0.2, 0.35, 9.0], 95, 9.1),  # the fourth
        ([0.1, 0.2, 0.35, 9.0], 75, 0.4),
        ([2.0], 50, 2.1),
        ([], 50, None),
    ],
)
def test_percentiles(seconds: list[float], percent: int, within: float | None) -> None:
    assert percentile(in_tenths(seconds), percent) == within


def test_hours_and_days_are_those_of_the_zone() -> None:
    # 05:45 UTC on the 25th is 23:45 on the 24th in Mexico City, a quarter later the next hour.
    first = int(datetime(2026, 11, 25, 5, 45, tzinfo=ZoneInfo("UTC")).timestamp()) // 900
    quarters = {first: 2, first + 1: 3, first + 4: 1}
    hours = by_hour(quarters, ZONE)
    assert (hours[23], hours[0], sum(hours)) == (2, 4, 6)
    days = [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)]
    assert by_day(quarters, days, ZONE) == [2, 4, 0]


def test_the_funnel() -> None:
    steps = funnel({"consent": 10, "curp": 8, "name": 9}, ("consent", "curp", "name", "phone"))
    assert [(s.name, s.count, s.of_first, s.lost) for s in steps] == [
        ("consent", 10, 1.0, None),
        ("curp", 8, 0.8, 0.2),
        ("name", 9, 0.9, 0.0),
        ("phone", 0, 0.0, 1.0),
    ]
    assert [s.of_first for s in funnel({}, ("consent", "curp"))] == [None, None]


@pytest.mark.parametrize(
    ("events", "waits"),
    [
        ([(10, "user"), (40, "agent")], [30]),
        # From the first message that nobody answered.
        ([(10, "user"), (20, "user"), (40, "agent"), (50, "agent")], [30]),
        # What the assistant answered does not wait for an agent.
        ([(10, "user"), (11, "bot"), (60, "user"), (65, "agent")], [5]),
        ([(10, "agent"), (20, "user")], []),
        # The reply is what must be in the period.
        ([(-50, "user"), (5, "agent"), (90, "user"), (101, "agent")], [55]),
    ],
)
def test_waits_for_agents(events: list[tuple[float, str]], waits: list[float]) -> None:
    assert reply_waits(events, 0, 100) == waits


def test_charts_are_as_long_as_their_values() -> None:
    drawn = bars([("a", 10), ("b", 5), ("c", 0)])
    assert [bar.width for bar in drawn.bars] == [360, 180, 0]
    standing = columns([("0:00", 4), ("1:00", 1)])
    assert [bar.height for bar in standing.bars] == [138, 34.5]
    assert [bar.y + bar.height for bar in standing.bars] == [152, 152]
    through = line([("d1", 0), ("d2", 2), ("d3", 1)])
    assert through.points == ((46, 172), (331, 14), (616, 93))
    assert line([("d1", 3)]).points == ((331, 14),)
    for empty in (bars([]), columns([]), line([]), bars([("a", 0)]), line([("a", 0)])):
        assert empty.top == 0


def test_clusters_are_of_shared_words() -> None:
    texts = [
        "quiero vender mi carro",
        "cuánto por un carro usado, vender",
        "VENDER carro",
        "receta de mole poblano",
        "mole poblano?",
        "pasaporte",
        "mi pasaporte americano",
        "nada parecido aquí",
    ]
    found = clusters_of(texts)
    assert [(c.words, c.count) for c in found] == [
        (("carro", "vender"), 3), (("mole", "poblano"), 2), (("pasaporte",), 2),
    ]  # fmt: skip
    assert found[0].examples == tuple(texts[:3])
    assert clusters_of(texts) == clusters_of(texts)
    assert clusters_of([]) == []
    assert clusters_of(["de la el", "de la el", "123 456", "123 456"]) == []


def shift_all(database: Database, writer: Writer, to: float) -> None:
    """Moves a conversation to a moment: its messages come then, and are answered half a second
    later."""
    ours = writer.conversation
    with database.writing() as connection:
        for table, values in (
            (inbox, {"received_at": to}),
            (outbox, {"created_at": to + 0.55}),
            (turns, {"at": to + 0.5, "waited": 0.55}),
            (desk, {"first_at": to, "last_at": to + 1, "heard_at": to}),
        ):
            connection.execute(
                update(table).where(table.c.conversation_id == ours).values(**values)
            )


def told(database: Database, at: float, channel: str = "web", **noted: Any) -> Writer:
    """A message at a moment, and its answer."""
    writer = Writer(database, channel).says("algo", "Eso es.", noted=note(**noted))
    shift_all(database, writer, at)
    return writer


@pytest.fixture
def day(database: Database) -> Database:
    """One day of which everything is known, with a message of the day before and one after."""
    noon = SINCE + 12 * 3600
    told(database, SINCE - 1, topic="ask_nss")
    told(database, UNTIL, topic="ask_nss")
    first = told(database, SINCE, "whatsapp", reached=frozenset({"quota"}))
    second = told(database, noon, "telegram", language="en")
    told(database, noon, confidence=0.3, decision="clarify")
    told(database, UNTIL - 1, topic="out_of_scope", confidence=0.1, decision="fallback")
    told(database, noon, topic=None, confidence=None, decision="task", task="registration")
    told(database, noon, topic=None, confidence=None, decision="event")
    with database.writing() as connection:
        # The first two are one person.
        theirs = select(conversations.c.person_id).where(conversations.c.id == first.conversation)
        connection.execute(
            update(conversations)
            .where(conversations.c.id == second.conversation)
            .values(person_id=theirs.scalar_subquery())
        )
    first.on_desk(quota_at=SINCE + 1, line_at=UNTIL + 5, last_at=UNTIL + 5)
    second.on_desk(handed_over_at=noon, waiting_reason="distress", registered_at=SINCE - 1)
    return database


def figures(database: Database) -> dict[str, float | None]:
    """The day's numbers."""
    return {number.name: number.value for number in numbers_of(read_dashboard(database, DAY))}


def test_what_was_said_and_understood(day: Database) -> None:
    board = read_dashboard(day, DAY)
    found = figures(day)
    assert found["conversations"] == 5
    assert found["messages"] == 5
    assert found["people"] == 4
    # Of four in which a topic was looked for.
    assert (found["understood"], found["asked"], found["fallback"]) == (0.5, 0.25, 0.25)
    assert board.talk.by_channel == {"whatsapp": 1, "telegram": 1, "web": 3}
    assert board.talk.by_language == {"es": 4, "en": 1}
    assert board.talk.by_topic == {"ask_benefits": 3, "out_of_scope": 1}
    hours = by_hour(board.talk.by_quarter, ZONE)
    assert (hours[0], hours[12], hours[23]) == (1, 3, 1)


def test_tasks_count_when_they_are_finished(day: Database) -> None:
    board = read_dashboard(day, DAY)
    # The line was issued the day after and the registration the day before.
    assert board.outcomes.tasks == {"quota": 1, "registered": 0, "line": 0, "callback": 0}
    # One finished a quota; one has not written for a day amid a registration.
    assert (board.outcomes.finished, board.outcomes.left) == (1, 1)
    assert board.outcomes.resolved == 0.5
    assert (board.outcomes.handed_over, board.outcomes.reasons) == (1, {"distress": 1})


def test_callbacks_are_finished_tasks_and_complaints_are_counted(day: Database) -> None:
    writer = told(day, SINCE + 5, topic="request_callback")
    with day.writing() as connection:
        for number, (kind, at) in enumerate(
            (("callback", SINCE), ("callback", UNTIL), ("complaint", SINCE), ("erasure", SINCE))
        ):
            connection.execute(
                cases.insert().values(
                    folio=f"F-{number}", conversation_id=writer.conversation, kind=kind,
                    channel="web", created_at=at,
                )
            )  # fmt: skip
    board = read_dashboard(day, DAY)
    assert board.outcomes.tasks["callback"] == 1
    assert board.outcomes.complaints == 1
    assert board.outcomes.finished == 2


def test_first_replies_and_what_was_not_delivered(day: Database) -> None:
    found = figures(day)
    assert found["first_reply"] == found["first_reply_95"] == 0.6
    assert found["failures"] == 0
    writer = told(day, SINCE + 60, "sms")
    writer.last_reply(state="failed", error="30003").on_desk(delivery_failures=1)
    assert read_dashboard(day, DAY).failures == {"sms": 1}


def test_agents_replies(day: Database) -> None:
    assert figures(day)["agent_reply"] is None
    writer = told(day, SINCE + 60)
    writer.says("¿hay alguien?", "Sí, soy Marta.")
    with day.writing() as connection:
        mine = inbox.c.conversation_id == writer.conversation
        newest = select(inbox.c.id).where(mine).order_by(inbox.c.id.desc()).limit(1)
        inbox_id = connection.execute(newest).scalar_one()
        connection.execute(
            update(inbox).where(inbox.c.id == inbox_id).values(received_at=SINCE + 100)
        )
        connection.execute(
            update(outbox)
            .where(outbox.c.inbox_id == inbox_id)
            .values(author="agent", created_at=SINCE + 190.25)
        )
    assert figures(day)["agent_reply"] == 90.3


def test_the_way_to_a_registration(day: Database) -> None:
    """One began before the period; of two who began in it one went on, the day after too."""
    before, one, other = (told(day, SINCE + 60) for _ in range(3))
    given = [
        (before, "consent", SINCE - 1), (before, "curp", SINCE + 1),
        (one, "consent", SINCE), (one, "curp", SINCE + 2), (one, "phone", UNTIL + 9),
        (other, "consent", UNTIL - 1),
    ]  # fmt: skip
    with day.writing() as connection:
        for writer, step, at in given:
            connection.execute(
                registration_steps.insert().values(
                    conversation_id=writer.conversation, step=step, at=at
                )
            )
    one.on_desk(registered_at=UNTIL + 10)
    counts = {step.name: step.count for step in read_dashboard(day, DAY).funnel if step.count}
    assert counts == {"consent": 2, "curp": 1, "phone": 1, "registered": 1}


def test_steps_are_noted_once_with_the_turn(database: Database) -> None:
    learned = {"actions": [], "slots": {}, "effects": [], "learned": ["consent", "curp", "line"]}
    writer = Writer(database).says("sí", "Gracias", noted=note(done=learned))
    writer.says("sí", "Gracias", noted=note(done={**learned, "learned": ["curp", "nss"]}))
    with database.reading() as connection:
        steps = connection.execute(select(registration_steps.c.step)).scalars().all()
    assert sorted(steps) == ["consent", "curp", "nss"]


def test_satisfaction(day: Database) -> None:
    assert figures(day)["satisfaction"] is None
    writers = [told(day, SINCE + 60) for _ in range(4)]
    with day.writing() as connection:
        for writer, (score, spared, at) in zip(
            writers,
            ((5, 1, SINCE), (4, 0, SINCE), (3, None, SINCE), (1, 0, UNTIL)),
            strict=True,
        ):
            mine = inbox.c.conversation_id == writer.conversation
            inbox_id = connection.execute(select(inbox.c.id).where(mine)).scalar_one()
            connection.execute(
                satisfaction.insert().values(
                    inbox_id=inbox_id, conversation_id=writer.conversation, task="line",
                    score=score, spared_a_call=spared, at=at,
                )
            )  # fmt: skip
    found = figures(day)
    assert (found["satisfaction"], found["spared"]) == (4.0, 0.5)


def test_nothing_at_all(database: Database) -> None:
    found = figures(database)
    assert {name for name, value in found.items() if value is None} == {
        "understood", "asked", "fallback", "resolved", "first_reply", "first_reply_95",
        "agent_reply", "agent_reply_95", "satisfaction", "spared",
    }  # fmt: skip
    assert set(found.values()) == {0, None}


def test_what_was_not_understood_is_of_a_week_masked_and_not_erased(database: Database) -> None:
    texts = ("vender carro", "mi numero es 4155550143", "viejo", "borrado")
    writers = [
        Writer(database).says(text, "No entendí", noted=note(decision="fallback")) for text in texts
    ]
    Writer(database).says("entendido", "Sí", noted=note())
    with database.writing() as connection:
        old, erased = (writer.conversation for writer in writers[2:])
        connection.execute(
            update(turns).where(turns.c.conversation_id == old).values(at=turns.c.at - 8 * 86400)
        )
        connection.execute(
            update(inbox).where(inbox.c.conversation_id == erased).values(state="erased")
        )
        now = database.now(connection) + 1
    assert not_understood(database, now) == ["vender carro", "mi numero es [phone]"]
