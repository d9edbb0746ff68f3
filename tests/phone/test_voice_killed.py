"""`kill -9` of the gateway in the middle of a call: Twilio asks again, and the call goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from bot.storage.call_tables import handoffs
from bot.storage.tables import inbox, outbox
from tests.phone.known import LINE
from tests.phone.twiml import PATH, PhoneCaller
from tests.support.service import Service
from tests.twilio.house import House, wait_for
from tests.twilio.known import PUBLIC_URL


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The gateway alone: the test answers in the brain's place."""
    url = f"sqlite:///{tmp_path / 'pti.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    opened = House(url, tmp_path / "no-model", tmp_path, **LINE)
    yield opened
    opened.close()
    assert opened.twilio.broken == []


def post(house: House, path: str, fields: dict[str, str]) -> str:
    response = house.twilio.post(PUBLIC_URL + path, fields)
    assert response.status_code == 200
    return response.text


def count(house: House, table: object) -> int:
    with house.database.reading() as connection:
        statement = select(func.count()).select_from(table)  # type: ignore[arg-type]
        return int(connection.execute(statement).scalar_one())


def test_the_call_goes_on(house: House) -> None:
    caller = PhoneCaller(lambda path, fields: post(house, path, fields))
    welcome = caller.calls()
    Service.kill(house.gateway)
    # Twilio's call fails, and it asks again when somebody is there.
    with pytest.raises(requests.ConnectionError):
        post(house, PATH, caller.fields())
    house.start_gateway()
    assert caller.step(PATH).xml == welcome.xml

    waits = caller.step(f"{PATH}/said?step=1", SpeechResult="cuánto cuesta")
    Service.kill(house.gateway)
    house.start_gateway()
    # The same step again: it is told the same, and nobody is asked twice.
    again = caller.step(f"{PATH}/said?step=1", SpeechResult="cuánto cuesta")
    assert again.xml == waits.xml
    assert house.answer_all(lambda _text: ["Depende de lo que gana."]) == 1
    assert waits.redirect
    answer = caller.step(waits.redirect)
    assert answer.text.startswith("Depende de lo que gana.")
    assert (count(house, inbox), count(house, outbox)) == (1, 1)


def test_the_message_is_sent_once(house: House) -> None:
    caller = PhoneCaller(lambda path, fields: post(house, path, fields))
    caller.calls()
    told = caller.step(f"{PATH}/said?step=1", Digits="1")
    Service.kill(house.gateway)
    house.start_gateway()
    assert caller.step(f"{PATH}/said?step=1", Digits="1").xml == told.xml
    wait_for(lambda: len(house.twilio.to(caller.number)) >= 1)
    wait_for(lambda: set(house.states()) <= {"sent", "delivered"})
    # What was on its way when the process died may be sent again; it is one message all the same.
    assert len(set(house.bodies(caller.number))) == 1
    assert count(house, handoffs) == 1
    logs = house.service.logs()
    for word in (caller.number, caller.sid, "Traceback"):
        assert word not in logs
