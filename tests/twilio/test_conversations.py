"""Conversations over WhatsApp and SMS through the real processes and the stand-in."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.channels.twilio.render_sms import MOST_SEGMENTS, is_gsm, segments
from bot.storage.tables import inbox
from tests.twilio.house import House, wait_for

_numbers = itertools.count(1)
QUIET_SECONDS = 1.5


@pytest.fixture(scope="module")
def house(
    module_database_url: str, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Gateway and brain, on each kind of database."""
    opened = House(module_database_url, model, tmp_path_factory.mktemp("twilio"))
    opened.service.start("brain")
    opened.service.wait_until_ready()
    yield opened
    opened.close()
    assert opened.twilio.broken == []


class Person:
    """Somebody with a telephone."""

    def __init__(self, house: House, channel: str) -> None:
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.address = f"{prefix}+1555888{next(_numbers):04d}"
        self._house = house

    def says(self, text: str) -> list[str]:
        """Writes and gives what is answered."""
        before = len(self._house.bodies(self.address))
        self._house.write(self.address, text)
        wait_for(lambda: len(self._house.bodies(self.address)) > before)
        return self._settled()[before:]

    def _settled(self) -> list[str]:
        told: list[str] = []
        while told != (now := self._house.bodies(self.address)):
            told = now
            time.sleep(QUIET_SECONDS)
        return told


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_a_menu_and_a_number(house: House, channel: str) -> None:
    person = Person(house, channel)
    assert person.says("hola")
    menu = "\n".join(person.says("menu"))
    # What can be tapped in WhatsApp is numbered in a text message; a number means the same.
    assert ("\n1. " in menu) == ("\n2. " in menu) == (channel == "sms")
    assert ("\n[" in menu) == (channel == "whatsapp")
    assert person.says("1") != [menu]


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_a_quota_is_worked_out(house: House, channel: str) -> None:
    person = Person(house, channel)
    person.says("quiero calcular mi cuota")
    person.says("1500 dolares")
    assert "$" in "\n".join(person.says("al mes"))


def test_every_text_message_is_cheap(house: House) -> None:
    person = Person(house, "sms")
    for text in ("hola", "que cubre el seguro", "cuanto cuesta", "como pago", "cancelar"):
        for told in person.says(text):
            assert is_gsm(told), told
            assert segments(told) <= MOST_SEGMENTS


def test_a_person_is_one_word_away(house: House) -> None:
    for channel in ("whatsapp", "sms"):
        assert "4166 5415" in "\n".join(Person(house, channel).says("agente"))


def test_a_command_of_rasa_is_only_words(house: House) -> None:
    assert Person(house, "whatsapp").says("/restart")


def test_they_stop_and_come_back(house: House) -> None:
    person = Person(house, "whatsapp")
    person.says("quiero calcular mi cuota")
    assert "INICIAR" in person.says("alto")[0]
    house.write(person.address, "1500 dolares al mes")
    time.sleep(QUIET_SECONDS)
    assert len(person.says("iniciar")) == 1
    # The task stands where it was when they stopped.
    assert "$" in "\n".join(person.says("1500 dolares al mes"))


def test_one_number_follows_a_message_through_the_logs(house: House) -> None:
    """From the webhook that brought it to the provider's taking of its answer."""
    Person(house, "whatsapp").says("cuanto cuesta")
    with house.database.reading() as connection:
        number = connection.execute(select(func.max(inbox.c.id))).scalar_one()
    of_it = "\n".join(line for line in house.service.logs().splitlines() if f" m{number}:" in line)
    for said in ("came by whatsapp", "answered with", "was taken"):
        assert said in of_it


def test_what_people_wrote_is_in_no_log(house: House) -> None:
    Person(house, "sms").says("me llamo Xochitlquetzal")
    logs = house.service.logs()
    for word in ("Xochitlquetzal", "1555888", "Traceback"):
        assert word not in logs
