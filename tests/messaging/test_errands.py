"""Errands: committed with the turn, done once, their result an event of the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.imss.errors import BadAnswer, NotFound, Rejected, ServiceUnavailable, Unauthorised
from bot.messaging import for_ever
from bot.messaging.brain import Brain
from bot.messaging.errand_runner import AT_ONCE, Result
from bot.messaging.errands import Errand, ErrandLostError, Errands
from bot.people.effects import cancelled, errand
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import errands, inbox, people
from tests.messaging.stand_in import Echo, Person, claim, process_logging
from tests.messaging.working_brain import until, working
from tests.people.known import known_of


def _brain(
    settings: Settings, database: Database, work: Callable[[Errand], Result], *effects: Any
) -> Brain:
    return Brain(settings, database, Echo(effects=effects), work)


def _turn(brain: Brain, database: Database) -> None:
    asyncio.run(brain.answer(claim(database, brain.name)))


def _due(brain: Brain) -> int:
    return asyncio.run(brain.errands.do_due())


def _make_due(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(errands).values(due_at=0))


def _row(database: Database) -> Any:
    with database.reading() as connection:
        return connection.execute(select(errands)).one()


def _link_tries(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.execute(select(people.c.link_tries)).scalars())


def _events(database: Database) -> list[dict[str, Any]]:
    with database.reading() as connection:
        rows = connection.execute(select(inbox).where(inbox.c.kind == "event")).all()
    return [database.cipher.open(row.content_sealed)["event"] for row in rows]


def test_an_errand_is_done_once_and_its_result_is_an_event(
    settings: Settings, database: Database
) -> None:
    done: list[Errand] = []

    def work(one: Errand) -> Result:
        done.append(one)
        return Result("done", {"folio": "F-1"})

    brain = _brain(settings, database, work, errand("register", {"registration": {"a": 1}}))
    person = Person(database)
    person.write("sí, enviar")
    _turn(brain, database)
    assert _due(brain) == 1
    assert _due(brain) == 0
    assert [one.request for one in done] == [{"registration": {"a": 1}}]
    assert _events(database) == [
        {"errand": "register", "outcome": "done", "answer": {"folio": "F-1"}}
    ]
    assert _row(database).state == "done"
    # People see what they wrote and what they are told, and no event.
    assert [author for author, _ in person.seen()] == ["user", "bot"]


def test_a_turn_that_is_not_committed_asks_for_nothing(
    settings: Settings, database: Database
) -> None:
    brain = _brain(settings, database, lambda _one: Result("done"), errand("register", {}))
    Person(database).write("sí")
    claimed = claim(database, brain.name)
    with database.writing() as connection:
        connection.execute(update(inbox).values(claimed_by="another"))
    with pytest.raises(Exception, match=str(claimed.inbox_id)):
        asyncio.run(brain.answer(claimed))
    assert _due(brain) == 0


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (Rejected("curp_unknown"), "rejected", "curp_unknown"),
        (NotFound("folio_unknown"), "not_found", "folio_unknown"),
    ],
)
def test_a_no_is_a_result(
    settings: Settings, database: Database, error: Exception, outcome: str, code: str
) -> None:
    def work(_one: Errand) -> Result:
        raise error

    brain = _brain(settings, database, work, errand("register", {}))
    Person(database).write("sí")
    _turn(brain, database)
    _due(brain)
    assert _events(database) == [
        {"errand": "register", "outcome": outcome, "answer": {"code": code}}
    ]
    assert _row(database).state == "done"


@pytest.mark.parametrize(
    "error",
    [ServiceUnavailable("timeout"), Unauthorised("status_401"), BadAnswer("x"), ValueError("bug")],
)
def test_what_fails_is_tried_again_and_the_person_is_told_once(
    settings: Settings, database: Database, error: Exception
) -> None:
    tries = []

    def work(one: Errand) -> Result:
        tries.append(one.attempts)
        if len(tries) < 4:
            raise error
        return Result("done")

    brain = _brain(settings, database, work, errand("register", {}))
    Person(database).write("sí")
    _turn(brain, database)
    for _ in range(4):
        _due(brain)
        _make_due(database)
    assert tries == [1, 2, 3, 4]
    assert [event["outcome"] for event in _events(database)] == ["later", "done"]


def test_the_service_says_how_long_to_wait(settings: Settings, database: Database) -> None:
    def work(_one: Errand) -> Result:
        raise ServiceUnavailable("status_503", retry_after=120)

    brain = _brain(settings, database, work, errand("register", {}))
    Person(database).write("sí")
    _turn(brain, database)
    _due(brain)
    with database.reading() as connection:
        left = _row(database).due_at - database.now(connection)
    assert 100 < left <= 120


def test_a_runner_that_dies_loses_its_errand_to_another(
    settings: Settings, database: Database
) -> None:
    brain = _brain(settings, database, lambda _one: Result("done"), errand("register", {}))
    Person(database).write("sí")
    _turn(brain, database)
    dead = Errands(database).claim("dead", 60)
    assert dead is not None
    assert _due(brain) == 0
    with database.writing() as connection:
        connection.execute(update(errands).values(claimed_until=0))
    assert _due(brain) == 1
    with pytest.raises(ErrandLostError):
        Errands(database).finish(dead, "dead", lambda _c, _n: {"outcome": "done", "answer": {}})
    assert len(_events(database)) == 1


def test_what_is_done_inside_is_undone_where_the_errand_was_lost(
    settings: Settings, database: Database
) -> None:
    brain = _brain(settings, database, lambda _one: Result("done"), errand("register", {}))
    Person(database).write("sí")
    _turn(brain, database)
    held = Errands(database).claim("slow", 60)
    assert held is not None
    with database.writing() as connection:
        connection.execute(update(errands).values(state="cancelled"))

    def inside(connection: Any, _now: float) -> dict[str, Any]:
        connection.execute(update(people).values(link_tries=99))
        return {}

    with pytest.raises(ErrandLostError):
        Errands(database).finish(held, "slow", inside)
    assert _link_tries(database) == [0]


def test_an_errand_that_no_key_opens_is_an_alarm_and_stops_no_other(
    settings: Settings, database: Database
) -> None:
    brain = _brain(settings, database, lambda _one: Result("done"), errand("register", {}))
    for _ in range(2):
        Person(database).write("sí")
        _turn(brain, database)
    with database.writing() as connection:
        first = connection.execute(select(func.min(errands.c.id))).scalar_one()
        of_it = errands.c.id == first
        connection.execute(update(errands).where(of_it).values(request_sealed=b"nobody's"))
    with process_logging() as printed:
        assert _due(brain) == 2
    with database.reading() as connection:
        states = connection.execute(select(errands.c.state).order_by(errands.c.id)).scalars().all()
    assert states == ["waiting", "done"]
    assert [event["outcome"] for event in _events(database)] == ["later", "done"]
    assert f"errand {first} (register) failed: UnreadableError" in printed.getvalue()
    assert _due(brain) == 0


def test_an_errand_whose_end_fails_is_tried_again_later(
    settings: Settings, database: Database
) -> None:
    """As where the person's record is opened by no key."""

    def inside(connection: Any, _now: float) -> dict[str, Any]:
        connection.execute(update(people).values(link_tries=99))
        raise UnreadableError

    brain = _brain(
        settings, database, lambda _one: Result("done", inside=inside), errand("link", {})
    )
    Person(database).write("sí")
    _turn(brain, database)
    with process_logging() as printed:
        assert _due(brain) == 1
        assert _due(brain) == 0
    assert (_row(database).state, _row(database).told) == ("waiting", 1)
    assert "failed: UnreadableError" in printed.getvalue()
    assert _link_tries(database) == [0]


def test_an_errand_that_linking_gave_to_another_person_is_done_anew(
    settings: Settings, database: Database
) -> None:
    """For them: what is erased, say, is what is theirs now."""
    brain = _brain(settings, database, lambda _one: Result("done"), errand("erase", {}))
    Person(database).write("sí")
    _turn(brain, database)
    held = Errands(database).claim("slow", 60)
    assert held is not None
    other = known_of(database, Person(database).conversation).person_id
    with database.writing() as connection:
        connection.execute(update(errands).values(person_id=other))
    with pytest.raises(ErrandLostError):
        Errands(database).finish(held, "slow", lambda _c, _n: None)
    with database.writing() as connection:
        connection.execute(update(errands).values(claimed_until=0))
    again = Errands(database).claim("other", 60)
    assert again is not None
    assert again.person_id == other


def test_an_errand_for_later_waits_and_can_be_cancelled(
    settings: Settings, database: Database
) -> None:
    from datetime import datetime, timedelta, timezone

    later = datetime.now(tz=timezone.utc) + timedelta(days=3)
    work = lambda _one: Result("done")  # noqa: E731
    Person(database).write("recuérdeme")
    _turn(_brain(settings, database, work, errand("remind", {}, later)), database)
    brain = _brain(settings, database, work, cancelled("remind"))
    assert _due(brain) == 0
    assert _row(database).state == "waiting"
    # Somebody else's cancellation does not touch it.
    Person(database).write("alto")
    _turn(brain, database)
    assert _row(database).state == "waiting"


def test_a_silent_result_says_nothing_and_an_early_one_waits(
    settings: Settings, database: Database
) -> None:
    results = [Result("night", again_seconds=3600), Result("not_needed", silent=True)]
    brain = _brain(settings, database, lambda _one: results.pop(0), errand("remind", {}))
    Person(database).write("recuérdeme")
    _turn(brain, database)
    assert _due(brain) == 1
    assert _row(database).state == "waiting"
    _make_due(database)
    assert _due(brain) == 1
    assert _row(database).state == "done"
    assert _events(database) == []


def test_a_request_is_sealed(settings: Settings, database: Database) -> None:
    brain = _brain(
        settings, database, lambda _one: Result("done"), errand("register", {"curp": "XEXX"})
    )
    Person(database).write("sí")
    _turn(brain, database)
    assert b"XEXX" not in bytes(_row(database).request_sealed)


async def test_a_loop_of_errands_that_fails_is_started_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The brain answers on, and would do no errand any more; nor with all its places taken."""
    monkeypatch.setattr(for_ever, "AGAIN_SECONDS", 0.0)
    claims, failures = Errands.claim, iter(range(AT_ONCE + 1))

    def fail_first(self: Errands, runner: str, seconds: float) -> Errand | None:
        for _ in failures:
            raise ValueError("GOMC960312HDFRRL04")
        return claims(self, runner, seconds)

    monkeypatch.setattr(Errands, "claim", fail_first)
    Person(database).write("sí, enviar")
    echo = Echo(effects=(errand("register", {}),))
    with process_logging() as stream:
        async with working(settings, database, echo, lambda _one: Result("done")):
            await until(lambda: _events(database))
    assert stream.getvalue().count("ErrandRunner.run failed: ValueError") == AT_ONCE + 1
    assert "GOMC" not in stream.getvalue()
