"""`kill -9` of the gateway while it sends, a line that is cut, a provider that fails: everybody is
told everything in order, and twice only what nobody could know of."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.storage.tables import outbox
from tests.support.service import Service
from tests.twilio.house import House, wait_for
from tests.twilio.rest_api import Failure

PEOPLE = [f"whatsapp:+1555777{number:04d}" for number in range(6)]
# A status that comes while no gateway is there is lost: then it stays at `sent`.
FINAL = {"sent", "delivered"}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """The gateway alone: the tests answer in the brain's place."""
    opened = House(database_url, tmp_path / "no-model", tmp_path)
    yield opened
    opened.close()
    assert opened.twilio.broken == []


def say(house: House, count: int) -> list[str]:
    """Everybody writes, and is to be told so many things."""
    for person in PEOPLE:
        house.write(person, "hola")
    house.answer_all(lambda _text: [f"respuesta {number}" for number in range(count)])
    return [f"respuesta {number}" for number in range(count)]


def all_arrived(house: House) -> bool:
    return set(house.states()) <= FINAL


@pytest.mark.parametrize("after", [3, 17])
def test_the_gateway_is_killed_while_it_sends(house: House, after: int) -> None:
    house.twilio.failures.extend(Failure(0, seconds=random.random() * 0.2) for _ in range(200))  # noqa: S311
    expected = say(house, 8)
    wait_for(lambda: len(house.twilio.taken) >= after)
    Service.kill(house.gateway)
    in_flight = house.states().count("sending")
    house.start_gateway()
    wait_for(lambda: all_arrived(house))
    twice = 0
    for person in PEOPLE:
        told = house.bodies(person)
        once = list(dict.fromkeys(told))
        assert once == expected
        twice += len(told) - len(once)
        # What was sent again was sent right after itself: nothing came out of order.
        assert [text for n, text in enumerate(told) if n == 0 or told[n - 1] != text] == expected
    assert twice <= in_flight


def prolong_claims(house: House) -> None:
    """The next gateway is told before it tries again, however long this machine starts it."""
    with house.database.writing() as connection:
        longer = {"claimed_until": outbox.c.claimed_until + 600}
        connection.execute(update(outbox).where(outbox.c.state == "sending").values(longer))


def test_what_was_taken_just_before_is_not_sent_again_where_twilio_tells(house: House) -> None:
    """The answer to the call is lost with the process; the status comes to the next one."""
    house.twilio.statuses = ()
    house.write(PEOPLE[0], "hola")
    # Twilio takes the message and then is slow to say so.
    house.twilio.failures.append(Failure(504, taken=True, seconds_after=10.0))
    house.answer_all(lambda _text: ["uno", "dos"])
    wait_for(lambda: len(house.twilio.taken) == 1)
    Service.kill(house.gateway)
    assert house.states() == ["sending", "waiting"]
    prolong_claims(house)
    house.start_gateway()
    house.twilio.statuses = ("delivered",)
    assert house.twilio.report(house.twilio.taken[0], "delivered") == 200
    wait_for(lambda: all_arrived(house))
    assert house.bodies(PEOPLE[0]) == ["uno", "dos"]


def test_a_cut_line_after_it_was_taken(house: House) -> None:
    """The status tells before it is tried again: nobody gets it twice."""
    house.write(PEOPLE[0], "hola")
    house.twilio.failures.append(Failure(cut=True, taken=True))
    house.answer_all(lambda _text: ["uno", "dos"])
    wait_for(lambda: all_arrived(house))
    time.sleep(1)
    assert house.bodies(PEOPLE[0]) == ["uno", "dos"]


def test_a_provider_that_fails_every_fifth_time(house: House) -> None:
    house.twilio.failing = lambda: random.random() < 0.2  # noqa: S311
    house.twilio.failures.extend(Failure() for _ in range(100))
    expected = say(house, 6)
    wait_for(lambda: all_arrived(house))
    for person in PEOPLE:
        assert house.bodies(person) == expected


def test_two_gateways(house: House) -> None:
    """Both deliver; nobody gets anything twice or out of order."""
    second = Service(
        house.service.database_url,
        Path("no-model"),
        house.service._folder,
        **{k: v for k, v in house.service.environment.items() if k.startswith("PTI_T")},
        PTI_PUBLIC_URL="https://imss.example.org",
    )
    try:
        second.start("gateway", environment={"PTI_GATEWAY_PORT": str(second.port)})
        second.wait_until_ready(brains=False)
        expected = say(house, 8)
        wait_for(lambda: all_arrived(house))
    finally:
        second.stop()
    for person in PEOPLE:
        assert house.bodies(person) == expected


def test_stop_in_the_middle_of_many_messages(house: House) -> None:
    house.twilio.failures.extend(Failure(0, seconds=0.1) for _ in range(300))
    say(house, 20)
    wait_for(lambda: len(house.bodies(PEOPLE[0])) >= 2)
    house.write(PEOPLE[0], "ALTO")
    told = len(house.bodies(PEOPLE[0]))
    wait_for(lambda: any("INICIAR" in text for text in house.bodies(PEOPLE[0])))
    time.sleep(1)
    after = house.bodies(PEOPLE[0])[told:]
    # One may have been on its way.
    assert len(after) <= 2
    assert "INICIAR" in after[-1]


def test_the_logs_are_clean(house: House) -> None:
    house.twilio.failures.append(Failure(400, 21211))
    say(house, 2)
    wait_for(lambda: set(house.states()) <= {*FINAL, "failed"})
    logs = house.service.logs()
    assert "21211" in logs
    for word in ("1555777", "respuesta", "hola", "Traceback"):
        assert word not in logs
