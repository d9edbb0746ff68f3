"""Whole conversations through the stand-in of Telegram and the real processes, on both
databases."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.support.service import Chat, Service
from tests.telegram.bot_api import BotApiStandIn, Failure
from tests.telegram.conftest import telegram_settings
from tests.telegram.known import TOKEN, WEBHOOK_SECRET
from tests.telegram.people import Person
from tests.telegram.updates import MEDIA

SETTINGS = {
    "PTI_TELEGRAM_TOKEN": TOKEN,
    "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "PTI_DELIVERY_SEND_SECONDS": "2",
    "PTI_LOG_LEVEL": "DEBUG",
}


@dataclass
class House:
    """The processes, Telegram and the database."""

    service: Service
    telegram: BotApiStandIn
    database: Database
    gateway: object = None

    def person(self) -> Person:
        """Somebody who has not written before."""
        return Person(self.telegram, self.database)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Gateway and brain with the bot, on each kind of database."""
    folder = tmp_path_factory.mktemp("telegram")
    url = f"sqlite:///{folder / 'pti.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    # A gateway that is started anew does not know when the last one sent: the pace has tests of its
    # own, without a clock that a busy machine stretches.
    telegram = BotApiStandIn(pace=0.0)
    service = Service(url, model, folder, PTI_TELEGRAM_API_URL=telegram.url, **SETTINGS)
    telegram.state.webhook = {
        "url": f"{service.url}/webhooks/telegram",
        "secret_token": WEBHOOK_SECRET,
    }
    database = Database.from_settings(telegram_settings(url))
    try:
        yield House(service.start_all(), telegram, database)
    finally:
        service.stop()
        telegram.close()
        database.dispose()
    assert telegram.state.broken == []
    assert all(telegram.state.taps.values())
    for secret in (TOKEN, WEBHOOK_SECRET, "Xochitlquetzal", "71000000"):
        assert secret not in service.logs()


def test_start_menu_and_taps(house: House) -> None:
    person = house.person()
    (greeting,) = person.says("/start")
    assert greeting.titles
    (menu,) = person.says("/ayuda")
    assert len(menu.titles) > 5
    answers = person.taps(menu.titles[0])
    assert answers
    assert answers[0].text != menu.text
    person.says("/ayuda")
    assert person.says("1")[0].text == answers[0].text


def test_a_button_of_long_ago_still_works(house: House) -> None:
    person = house.person()
    (menu,) = person.says("menu")
    asked = person.taps(menu.titles[0])[0].text
    person.says("que cubre el seguro")
    assert person.taps(menu.titles[0])[0].text == asked


def test_in_english_and_back(house: House) -> None:
    person = house.person()
    person.says("hola, me llamo Xochitlquetzal")
    assert "English" in person.says("/idioma")[0].text
    assert "español" in person.says("/language")[0].text


def test_a_person_is_one_word_away(house: House) -> None:
    person = house.person()
    assert "4166 5415" in person.says("/agente")[0].text


@pytest.mark.parametrize("kind", ["video", "dice", "location", "sticker", "photo"])
def test_what_cannot_be_read_is_answered_kindly(house: House, kind: str) -> None:
    person = house.person()
    (answer,) = person.sends(**MEDIA[kind])
    said = {"location": "código postal", "sticker": "¿En qué le ayudo?", "photo": "otra vez"}
    assert said.get(kind, "Eso no lo puedo ver ni oír") in answer.text


def test_an_update_that_comes_twice_is_answered_once(house: House) -> None:
    person = house.person()
    assert len(person.says("hola", times=3)) == 1


def test_commands_of_rasa_are_only_words(house: House) -> None:
    person = house.person()
    person.says("gano 1500 dolares al mes, cuanto pagaria")
    person.says("/restart")
    assert person.says("/session_start")


def test_going_on_from_the_page_by_a_link_with_a_code(house: House) -> None:
    page = Chat(house.service.url)
    (given,) = page.ask("quiero seguir en telegram")
    code = next(
        word
        for word in re.findall(r"\b[A-Z0-9]{8}\b", given["text"])
        if any(character.isdigit() for character in word)
    )
    person = house.person()
    person.says(f"/start {code}")
    assert _said_within_a_while(person, "Listo, ya sé que es usted"), person.written()
    again = house.person()
    again.says(f"/start {code}")
    assert _said_within_a_while(again, "código"), again.written()


def _said_within_a_while(person: Person, words: str) -> bool:
    """An errand's answer comes a moment later."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if any(words in one.text for one in person.shown()):
            return True
        time.sleep(0.1)
    return False


def test_a_burst_is_answered_in_order(house: House) -> None:
    person = house.person()
    for number in range(10):
        person.writes(("menu", "que cubre el seguro")[number % 2])
    shown = person.reads()
    rows = _rows(house, person)
    assert len(shown) == len(rows) >= 10
    assert len({row.inbox_id for row in rows}) == 10


def test_with_telegram_failing_often_everything_comes_once_and_in_order(house: House) -> None:
    """A fifth of the calls fail, by refusals to take it now and lines that are cut."""
    people = [house.person() for _ in range(4)]
    dice = random.Random(7)  # noqa: S311  only which call fails
    kinds = [Failure(500), Failure.wait(1), Failure(cut=True), Failure(502)]
    house.telegram.failing = lambda method: method.startswith("send") and dice.random() < 0.2
    house.telegram.state.failures += kinds * 4
    try:
        for number in range(5):
            for person in people:
                person.writes(("menu", "que cubre el seguro")[number % 2])
        for person in people:
            person.reads(120)
    finally:
        house.telegram.state.failures.clear()
    for person in people:
        rows = _rows(house, person)
        assert {row.state for row in rows} == {"sent"}
        assert len(person.shown()) == len(rows)


def _rows(house: House, person: Person) -> list:  # type: ignore[type-arg]
    ids = [str(one.message_id) for one in person.shown()]
    with house.database.reading() as connection:
        first = connection.execute(
            select(outbox.c.conversation_id).where(outbox.c.provider_id == ids[0])
        ).scalar_one()
        rows = connection.execute(
            select(outbox).where(outbox.c.conversation_id == first).order_by(outbox.c.position)
        ).all()
    assert [row.provider_id for row in rows if row.provider_id] == ids[: len(rows)]
    return list(rows)


def test_who_blocks_the_bot_gets_nothing_and_who_lets_it_in_again_is_answered(
    house: House,
) -> None:
    person = house.person()
    person.says("hola")
    house.telegram.state.blocked.add(person.chat)
    assert person.says("que cubre el seguro") == []
    assert [row.error for row in _rows(house, person)][1:] == ["stopped"]
    house.telegram.state.blocked.discard(person.chat)
    assert person.says("hola")


def test_a_chat_that_is_gone_stops_nobody_else(house: House) -> None:
    gone, there = house.person(), house.person()
    house.telegram.state.chats.discard(gone.chat)
    assert gone.says("hola") == []
    assert there.says("hola")


def test_a_gateway_that_dies_while_it_sends(house: House) -> None:
    """Telegram did not take it, nobody was told: it is sent by the next gateway, once."""
    person = house.person()
    person.says("hola")
    house.telegram.failing = lambda method: method.startswith("send")
    house.telegram.state.failures.append(Failure(cut=True, seconds=1.5))
    person.writes("que cubre el seguro")
    house.telegram.wait_for(lambda: not house.telegram.state.failures)
    gateway = house.service._processes[0 if house.gateway is None else -1]
    house.service.kill(gateway)
    house.gateway = house.service.start("gateway")
    house.service.wait_until_ready()
    assert len(person.reads()) == 1
    assert person.says("gracias")
