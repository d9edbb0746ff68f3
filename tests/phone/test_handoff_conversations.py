"""A call goes on in writing: by a link in a text message, by a template, by a code that was read
out; from the call to the línea de captura, over WhatsApp and over Telegram."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from bot.channels.telegram.pace import Pace
from bot.messaging.assistant import Assistant
from bot.people.effects import CODE_TRIES, new_code
from bot.storage.call_tables import handoffs
from bot.storage.tables import people
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import Sandbox
from tests.phone.house import PhoneHouse, open_house
from tests.phone.known import new_number
from tests.registration.conftest import day, institute, sandbox
from tests.twilio.known import CODE_TEMPLATE

__all__ = ["day", "institute", "sandbox"]

PAYING = "Dónde y cómo pagar"
BOTH = pytest.mark.parametrize("line", ["sqlite", "postgresql"], indirect=True)
ANSWERS = (
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
)


@pytest.fixture
def line(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PhoneHouse]:
    """The line, the gateway and the assistant, on SQLite where a test asks for nothing else."""
    url = f"sqlite:///{tmp_path / 'pti.db'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    monkeypatch.setattr(Pace.__init__, "__defaults__", (0.0,))
    templates = {"PTI_HANDOFF_WHATSAPP_TEMPLATE_EN": CODE_TEMPLATE}
    with open_house(url, sandbox.url, assistant, loop, **templates) as opened:
        yield opened


def link_in(text: str, host: str) -> str:
    """The link to a host that stands in a text message."""
    found = re.search(rf"https://{re.escape(host)}/\S+", text)
    assert found, text
    return found[0]


def filled_in(text: str) -> str:
    """What WhatsApp writes for somebody who taps the link in a text message."""
    return parse_qs(urlsplit(link_in(text, "wa.me")).query)["text"][0]


@BOTH
def test_from_the_call_to_the_line_over_whatsapp(
    line: PhoneHouse, day: Callable[[date], None]
) -> None:
    who, number = new_person(), new_number()
    line.hand_over(caller={"number": number}, reason="register", channel="whatsapp")
    (text,) = line.told(number)
    shown = line.writes("whatsapp", number, filled_in(text))
    assert "Gracias por su llamada" in shown[0]
    assert "Quiero registrarme" in shown[0]
    # Nothing is asked for before consent, whatever was said in the call.
    assert "/privacy" in "\n".join(shown[1:])
    line.writes("whatsapp", number, "acepto todo")
    line.writes("whatsapp", number, f"mi curp es {who.curp.lower()} y mi seguro es {who.nss}")
    for said in ANSWERS:
        assert line.writes("whatsapp", number, said)
    shown = line.writes("whatsapp", number, "si, enviar")
    assert any(text.startswith("PRUEBA-NO-PAGAR-") for text in shown), shown
    assert any("/files/" in text for text in shown), shown


@BOTH
def test_from_the_call_to_the_line_over_telegram(
    line: PhoneHouse, day: Callable[[date], None]
) -> None:
    who, number = new_person(), new_number()
    line.hand_over(caller={"number": number}, reason="register", channel="telegram")
    (text,) = line.told(number)
    code = parse_qs(urlsplit(link_in(text, "t.me")).query)["start"][0]
    person = line.on_telegram()
    shown = person.says(f"/start {code}")
    assert "Gracias por su llamada" in shown[0].text
    person.taps("Acepto todo")
    person.says(f"mi curp es {who.curp.lower()} y mi seguro es {who.nss}")
    for said in ANSWERS:
        assert person.says(said), person.written()
    shown = person.says("si, enviar")
    assert any(one.text.startswith("PRUEBA-NO-PAGAR-") for one in shown), person.written()
    assert {"sendPhoto", "sendDocument"} <= {one.method for one in shown}


def test_an_answer_begins_at_once(line: PhoneHouse) -> None:
    number = new_number()
    answer = line.hand_over(caller={"number": number}, reason="ask_how_to_pay")
    shown = line.writes("whatsapp", number, answer["text"])
    assert PAYING in shown[0]
    assert "banco" in "\n".join(shown[1:]).lower()


def test_who_called_in_english_is_greeted_in_english(line: PhoneHouse) -> None:
    """By the template, which carries the code; they write nothing but the code."""
    number = new_number()
    line.hand_over(caller={"number": number}, language="en", channel="whatsapp")
    (variables,) = line.told(f"whatsapp:{number}")
    code = re.findall(r"[A-Z0-9]{8}", variables)[0]
    shown = line.writes("whatsapp", number, code)
    assert "Thank you for your call" in shown[0]
    assert "bank" in "\n".join(shown[1:]).lower()


def test_by_answering_the_text_message(line: PhoneHouse) -> None:
    number = new_number()
    answer = line.hand_over(caller={"number": number}, channel="sms")
    shown = line.writes("sms", number, answer["code"].lower())
    assert "Gracias por su llamada" in shown[0]


@pytest.mark.parametrize(
    "form", ["{}", "continuar {}", "Continuar: {}.", "mi código es {}", "/start {}"]
)
def test_a_code_that_an_agent_read_out(line: PhoneHouse, form: str) -> None:
    answer = line.hand_over(caller={"refused": True})
    person = line.on_telegram()
    assert "Gracias por su llamada" in person.says(form.format(answer["code"]))[0].text


def test_the_number_alone_gets_nothing_of_the_call(line: PhoneHouse) -> None:
    number = new_number()
    line.hand_over(caller={"number": number}, reason="ask_how_to_pay")
    for channel in ("whatsapp", "sms"):
        shown = "\n".join(line.writes(channel, number, "hola"))
        assert "llamada" not in shown
        assert PAYING not in shown


@BOTH
def test_a_code_makes_nobody_the_same_person(line: PhoneHouse) -> None:
    """Two who have the same code: the second gets kind words, and neither what the other gave."""
    number, thief = new_number(), new_number()
    answer = line.hand_over(caller={"number": number}, reason="register")
    line.writes("whatsapp", number, answer["text"])
    line.writes("whatsapp", number, "acepto todo")
    shown = "\n".join(line.writes("whatsapp", thief, answer["text"]))
    assert "ya se usó" in shown
    assert "Quiero registrarme" not in shown
    with line.database.reading() as connection:
        statement = select(people.c.record_sealed).where(people.c.record_sealed.is_not(None))
        records = [line.database.cipher.open(r) for r in connection.execute(statement).scalars()]
    assert sum(record["consent"] is not None for record in records) == 1


def test_an_expired_code(line: PhoneHouse) -> None:
    answer = line.hand_over()
    with line.database.writing() as connection:
        connection.execute(update(handoffs).values(valid_until=1.0))
    assert "ya se venció" in line.on_telegram().says(answer["text"])[0].text


@BOTH
def test_wrong_codes_are_limited(line: PhoneHouse) -> None:
    answer, person = line.hand_over(), line.on_telegram()
    for left in reversed(range(CODE_TRIES)):
        assert str(left) in person.says(f"continuar {new_code()}")[0].text
    assert "espere" in person.says(answer["text"])[0].text
    # The limit is theirs: the code waits for who has it.
    assert "Gracias" in line.on_telegram().says(answer["text"])[0].text


def test_in_the_middle_of_something_else(line: PhoneHouse) -> None:
    """The answer comes, and then the question that was open."""
    person = line.on_telegram()
    asked = person.says("quiero saber si puedo entrar")[-1]
    shown = person.says(line.hand_over(reason="ask_how_to_pay")["text"])
    assert any("Gracias" in one.text for one in shown), person.written()
    assert any("banco" in one.text.lower() for one in shown), person.written()
    assert shown[-1].text == asked.text


def test_the_line_asks_again_after_the_code_was_used(line: PhoneHouse) -> None:
    """The answer with the code is gone by then."""
    answer = line.hand_over(call_id="pbx-used")
    line.on_telegram().says(answer["text"])
    with line.database.reading() as connection:
        rows = connection.execute(select(handoffs.c.answer_sealed)).scalars().all()
    assert rows == [None]


def test_erasing_takes_the_call_along(line: PhoneHouse) -> None:
    person = line.on_telegram()
    person.says(line.hand_over()["text"])
    person.says("borrar mis datos")
    person.says("si")
    with line.database.reading() as connection:
        assert connection.execute(select(handoffs)).all() == []


def test_no_code_and_no_number_in_a_log(line: PhoneHouse, caplog: pytest.LogCaptureFixture) -> None:
    number = new_number()
    with caplog.at_level("DEBUG"):
        answer = line.hand_over(caller={"number": number})
        line.writes("whatsapp", number, answer["text"])
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot."))
    assert answer["code"] not in ours
    assert number not in ours
