"""A message that was acknowledged is answered, once, in order, wherever a process is killed."""

from __future__ import annotations

import time

import pytest

from tests.faults.crew import SAID, Crew, Somebody
from tests.faults.die_at import POINTS
from tests.support.postgres import PostgresServer


@pytest.mark.parametrize("point", POINTS)
def test_the_brain_is_killed(crew: Crew, point: str) -> None:
    """It dies in the middle of the third message; the others are written before another brain is
    there."""
    person = Somebody(crew.service.url)
    for text in SAID[:2]:
        person.write(text)
        person.told(len(person.wrote))
    crew.die_at(point)
    for text in SAID[2:]:
        person.write(text)
    crew.wait_until_brain_died()
    crew.brain = crew.start_brain()
    person.check(crew.expected)


def test_the_gateway_is_killed_right_after_it_acknowledged(crew: Crew) -> None:
    person = Somebody(crew.service.url)
    for text in SAID:
        person.write(text)
        if text == SAID[2]:
            crew.service.kill(crew.gateway)
            crew.restart_gateway()
    crew.service.kill(crew.gateway)
    crew.restart_gateway()
    person.check(crew.expected)


def test_one_of_two_brains_is_killed_under_many_messages(crew: Crew) -> None:
    """36 quick messages of six people; what the dead brain held passes to the other."""
    other = crew.start_brain()
    crew.wait_until_brains_are_ready()
    people = [Somebody(crew.service.url) for _ in range(6)]
    for number, text in enumerate(SAID):
        for person in people:
            person.write(text)
        if number == len(SAID) // 2:
            crew.service.kill(crew.brain)
    crew.brain = other
    for person in people:
        person.check(crew.expected)


def test_the_database_goes_away_and_comes_back(crew: Crew, request: pytest.FixtureRequest) -> None:
    """PostgreSQL is stopped as in a power cut, while people write; nothing acknowledged is lost."""
    if not crew.service.database_url.startswith("postgresql"):
        return  # SQLite is in the processes: it goes away with them
    server: PostgresServer = request.getfixturevalue("postgres")
    people = [Somebody(crew.service.url) for _ in range(3)]
    for text in SAID[:3]:
        for person in people:
            person.write(text)
    server.stop("immediate")
    try:
        time.sleep(3)
    finally:
        server.start()
    for text in SAID[3:]:
        for person in people:
            person.write(text)
    for person in people:
        person.check(crew.expected)
    assert crew.brain.poll() is None
    assert crew.gateway.poll() is None


def test_nothing_that_people_wrote_is_in_the_logs(crew: Crew) -> None:
    logs = crew.service.logs()
    assert "ready as" in logs
    for text in SAID[1:]:
        assert text not in logs
    assert "Traceback" not in logs
