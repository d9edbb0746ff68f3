"""A whole registration over Telegram: real gateway, brain, sandbox of the institute, and Telegram's
stand-in. The slip comes as a picture and as a file."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator

import pytest

from bot.channels.telegram.pace import Pace
from bot.messaging.assistant import Assistant
from bot.settings import ImssSettings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import TOKEN as IMSS_TOKEN
from tests.imss.sandbox_process import Sandbox
from tests.registration.conftest import day, institute, sandbox
from tests.registration.house import House
from tests.support.gateway import running_gateway
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn
from tests.telegram.conftest import telegram_settings
from tests.telegram.known import WEBHOOK_SECRET
from tests.telegram.people import Person
from tests.telegram.updates import MEDIA

__all__ = ["day", "institute", "sandbox"]


@pytest.fixture
def person(
    database_url: str,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
    telegram: BotApiStandIn,
) -> Iterator[Person]:
    """Somebody who has not written before."""
    migrate(database_url)
    settings = dataclasses.replace(
        telegram_settings(
            database_url, PTI_TELEGRAM_API_URL=telegram.url, PTI_GATEWAY_PORT=str(free_port())
        ),
        imss=ImssSettings(url=sandbox.url, token=IMSS_TOKEN, breaker_failures=1000),
    )
    monkeypatch.setattr(Pace.__init__, "__defaults__", (0.0,))
    telegram.pace = 0.0
    database = Database.from_settings(settings)
    house = House(settings, database, assistant, loop)
    with running_gateway(settings) as address:
        telegram.state.webhook = {
            "url": f"{address}/webhooks/telegram",
            "secret_token": WEBHOOK_SECRET,
        }
        yield Person(telegram, database, house.settle)
    database.dispose()


def test_from_start_to_the_slip(person: Person, day: Callable[..., None]) -> None:
    who = new_person()
    person.says("/start")
    person.says("me quiero inscribir")
    person.taps("Acepto todo")
    person.says(f"mi curp es {who.curp.lower()} y mi seguro es {who.nss}")
    (first,) = person.sends(sticker=MEDIA["sticker"]["sticker"])
    assert "Escríbame" in first.text
    for said in (
        "si soy yo",
        "prueba xochitl inexistente",
        "mi cel es 312 555 0143 de estados unidos y mi correo prueba@gmail.com",
        "58000",
        "calle morelos 1234, colonia centro, morelia",
        "de mi familia",
        "jardinero",
        "643 dolares por semana",
        "cada mes",
        "no",
        "mi esposa de 34 y dos niños de 8 y 11",
    ):
        assert person.says(said), person.written()
    shown = person.says("si, enviar")
    assert "sendPhoto" in [one.method for one in shown], person.written()
    assert "sendDocument" in [one.method for one in shown], person.written()
    photo = next(one for one in shown if one.method == "sendPhoto")
    file = next(one for one in shown if one.method == "sendDocument")
    assert photo.upload
    assert photo.upload[1].startswith(b"\x89PNG")
    assert file.upload
    assert file.upload[1].startswith(b"%PDF")
    assert any(one.text.startswith("PRUEBA-NO-PAGAR-") for one in shown)
    for one in person.shown():
        assert who.curp not in one.text
        assert who.nss not in one.text
