"""Whole calls with the real assistant, in both languages; every step is asked for twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.channels.telegram.pace import Pace
from bot.messaging.assistant import Assistant
from tests.imss.sandbox_process import Sandbox
from tests.phone.house import PhoneHouse, open_house
from tests.phone.twiml import PhoneCaller
from tests.registration.conftest import day, institute, sandbox
from tests.twilio.known import PUBLIC_URL

__all__ = ["day", "institute", "sandbox"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database for all calls: they have nothing to do with each other."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").new_database())
    folder: Path = tmp_path_factory.mktemp("calls")
    return f"sqlite:///{folder / 'pti.db'}"


@pytest.fixture
def line(
    database_url: str,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PhoneHouse]:
    """The line that Twilio answers."""
    monkeypatch.setattr(Pace.__init__, "__defaults__", (0.0,))
    with open_house(
        database_url, sandbox.url, assistant, loop, PTI_VOICE_WAIT_SECONDS="60"
    ) as opened:
        yield opened


@pytest.fixture
def caller(line: PhoneHouse) -> Iterator[PhoneCaller]:
    """Somebody who calls; the brain works while Twilio waits for us."""
    with ThreadPoolExecutor(1) as thread:

        def post(path: str, fields: dict[str, str]) -> str:
            answer = thread.submit(line.twilio.post, PUBLIC_URL + path, fields)
            while not answer.done():
                line.house.settle()
            assert answer.result().status_code == 200, answer.result().text
            return answer.result().text

        someone = PhoneCaller(post)
        someone.calls()
        yield someone
    for told in someone.heard:
        assert_can_be_heard(told.text)


def assert_can_be_heard(text: str) -> None:
    """Nothing that a voice spells, swallows, or that belongs to the eye."""
    assert not re.search(r"https?:|www\.|\.gob\.|@|[$%*_#|<>{}\[\]]|\n", text), text
    assert "Fuente" not in text
    assert "Source" not in text


def test_a_call_in_spanish(line: PhoneHouse, caller: PhoneCaller) -> None:
    told = caller.says("qué requisitos piden")
    assert set(told.languages) == {"es-MX"}
    assert "CURP" in told.text
    assert "oprima uno" in told.text
    assert "banco" in caller.says("y dónde pago").text.lower()
    assert "mandé un mensaje" in caller.presses("1").text
    line.settle()
    (text,) = line.told(caller.number)
    code = re.findall(r"start=([A-Z0-9]{8})", text)[0]
    # Who opens it goes on with what was asked last.
    shown = line.writes("whatsapp", caller.number, f"Continuar {code}")
    assert "Gracias por su llamada" in shown[0]
    assert "banco" in "\n".join(shown[1:]).lower()
    told = caller.says("adiós")
    assert told.hangs_up


def test_a_call_in_english(caller: PhoneCaller) -> None:
    told = caller.presses("9")
    assert set(told.languages) == {"en-US"}
    assert "press one" in told.text
    assert "CURP" in caller.says("what do I need to sign up").text
    assert "bank" in caller.says("how do I pay").text.lower()
    assert caller.says("I want to talk to a person").dial == "+525541665415"


def test_a_quota_from_what_was_said_in_the_call(caller: PhoneCaller) -> None:
    asked = caller.says("quiero calcular mi cuota")
    assert "gana" in asked.text.lower()
    told = caller.says("seiscientos dólares por semana")
    assert re.search(r"[0-9] pesos", told.text), told.text


def test_registering_is_done_in_writing(line: PhoneHouse, caller: PhoneCaller) -> None:
    told = caller.says("me quiero inscribir")
    assert "por escrito" in told.text
    assert "mensaje" in caller.presses("1").text
    line.settle()
    code = re.findall(r"start=([A-Z0-9]{8})", line.told(caller.number)[0])[0]
    shown = line.on_telegram().says(f"/start {code}")
    assert "Quiero registrarme" in shown[0].text


def test_what_is_unclear_is_asked_with_its_choices(caller: PhoneCaller) -> None:
    told = caller.says("el este de lo del papel ese")
    assert told.gather
    assert not re.search(r"[Oo]prima (dos|tres|cuatro)", told.text)


def test_zero_from_anywhere(caller: PhoneCaller) -> None:
    caller.says("quiero calcular mi cuota")
    assert caller.presses("0").dial
