"""Whole registrations by SMS and WhatsApp: real gateway, brain, sandbox of the institute, and
Twilio's stand-in. The slip comes as media on WhatsApp, as a link in a text message."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests

from bot.channels.twilio.render_sms import MOST_SEGMENTS, is_gsm, segments
from bot.messaging.assistant import Assistant
from bot.settings import ImssSettings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.imss.made_up import MadeUp, new_person
from tests.imss.sandbox_process import TOKEN as IMSS_TOKEN
from tests.imss.sandbox_process import Sandbox
from tests.registration.conftest import day, institute, sandbox
from tests.registration.house import House
from tests.support.gateway import running_gateway
from tests.support.network import free_port
from tests.twilio.conftest import twilio_settings
from tests.twilio.known import PUBLIC_URL
from tests.twilio.people import Person
from tests.twilio.rest_api import TwilioStandIn

__all__ = ["day", "institute", "sandbox"]

LINK = re.compile(r"https://\S+/files/\S+")
NewPerson = Callable[[str], Person]
FIRST_HALF = {
    "es": ("si soy yo", "prueba xochitl inexistente",
           "mi cel es 312 555 0143 de estados unidos y mi correo prueba@gmail.com", "58000"),
    "en": ("yes", "Prueba Xochitl Inexistente",
           "my phone is +1 312 555 0143 and my email is prueba@gmail.com", "58000"),
}  # fmt: skip
SECOND_HALF = {
    "es": ("calle morelos 1234, colonia centro, morelia", "de mi familia", "jardinero",
           "643 dolares por semana", "cada mes", "no",
           "mi esposa de 34 y dos niños de 8 y 11"),
    "en": ("Morelos 1234, Centro, Morelia", "my family's", "I clean houses",
           "700 dollars a week", "every month", "no", "nobody"),
}  # fmt: skip


@pytest.fixture
def new(
    database_url: str,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    twilio: TwilioStandIn,
) -> Iterator[NewPerson]:
    """Makes people who have not written before, by the channel they write in."""
    migrate(database_url)
    urls = dict.fromkeys(("PTI_TWILIO_API_URL", "PTI_TWILIO_CONTENT_URL"), twilio.url)
    settings = dataclasses.replace(
        twilio_settings(database_url, PTI_GATEWAY_PORT=str(free_port()), **urls),
        imss=ImssSettings(url=sandbox.url, token=IMSS_TOKEN, breaker_failures=1000),
    )
    database = Database.from_settings(settings)
    house = House(settings, database, assistant, loop)
    with running_gateway(settings) as address:
        twilio.callback_to = address
        yield lambda channel: Person(twilio, database, channel, house.settle)
    database.dispose()


def fetched(link: str, twilio: TwilioStandIn) -> bytes:
    """The file, as whoever has the link gets it."""
    assert link.startswith(f"{PUBLIC_URL}/files/")
    parts = urlsplit(link)
    answer = requests.get(f"{twilio.callback_to}{parts.path}?{parts.query}", timeout=15)
    assert answer.status_code == 200
    return answer.content


def nothing_in_clear(person: Person, who: MadeUp) -> None:
    for text in person.texts():
        assert who.curp not in text
        assert who.nss not in text


def test_by_whatsapp_in_spanish_with_taps(
    new: NewPerson, twilio: TwilioStandIn, day: Callable[..., None]
) -> None:
    person, who = new("whatsapp"), new_person()
    person.says("me quiero inscribir")
    person.taps("Acepto todo")
    person.says(f"mi curp es {who.curp.lower()} y mi seguro es {who.nss}")
    for said in (*FIRST_HALF["es"], *SECOND_HALF["es"]):
        assert person.says(said), person.written()
    shown = person.says("si, enviar")
    assert any(text.startswith("PRUEBA-NO-PAGAR-") for text in shown), person.written()
    files = [fetched(link, twilio) for link in person.media()]
    assert {content[:4] for content in files} == {b"\x89PNG", b"%PDF"}
    nothing_in_clear(person, who)


def test_by_sms_in_english_with_numbers(
    new: NewPerson, twilio: TwilioStandIn, day: Callable[..., None]
) -> None:
    person, who = new("sms"), new_person()
    asked = "\n".join(person.says("i want to sign up for the insurance"))
    number = re.search(r"^(\d)\. I accept everything$", asked, re.MULTILINE)
    assert number, person.written()
    person.says(number[1])
    person.says(f"my curp is {who.curp} and my nss is {who.nss}")
    for said in (*FIRST_HALF["en"], *SECOND_HALF["en"]):
        assert person.says(said), person.written()
    shown = person.says("yes, send it")
    assert any(text.startswith("PRUEBA-NO-PAGAR-") for text in shown), person.written()
    links = [link for text in shown for link in LINK.findall(text)]
    files = [fetched(link, twilio) for link in links]
    assert {content[:4] for content in files} == {b"\x89PNG", b"%PDF"}
    assert not person.media()
    for text in person.texts():
        assert is_gsm(text)
        assert segments(text) <= MOST_SEGMENTS
    nothing_in_clear(person, who)


def test_begun_by_sms_and_taken_up_on_whatsapp(
    new: NewPerson, twilio: TwilioStandIn, day: Callable[..., None]
) -> None:
    """By the code: that both numbers are alike would prove nothing, and they are not."""
    first, who = new("sms"), new_person()
    first.says("me quiero inscribir")
    first.says("acepto todo")
    first.says(f"mi curp es {who.curp.lower()} y mi seguro es {who.nss}")
    for said in FIRST_HALF["es"]:
        assert first.says(said), first.written()
    first.says("cancelar")
    words = " ".join(first.says("seguir en otra app")).split()
    codes = [word.strip(".:") for word in words if len(word.strip(".:")) == 8]
    code = next(word for word in codes if any(map(str.isdigit, word)))
    second = new("whatsapp")
    second.says(code)
    second.says("seguir mi registro")
    for said in SECOND_HALF["es"]:
        assert second.says(said), second.written()
    shown = second.says("si, enviar")
    assert any(text.startswith("PRUEBA-NO-PAGAR-") for text in shown), second.written()
    assert len(second.media()) == 2
    assert "PRUEBA-NO-PAGAR-" not in first.written()
    for person in (first, second):
        nothing_in_clear(person, who)
