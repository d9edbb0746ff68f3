"""How content people are is asked once at the end of a task, and nobody has to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.twilio.render_sms import sms_texts
from bot.console.figures.outcomes import count_satisfaction
from bot.messaging.assistant import Assistant
from bot.messaging.modes import wait_for_agent
from bot.people.store import People
from bot.storage.console_tables import satisfaction
from tests.imss.sandbox_process import Sandbox
from tests.people.known import known_of
from tests.registration.conftest import make_house
from tests.registration.house import Caller, House
from tests.registration.people import register

ASKED = "satisfaction"


@pytest.fixture
def each_house(
    database_url: str, sandbox: Sandbox, assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> Iterator[House]:
    """A house on each kind of database."""
    built = make_house(database_url, sandbox.url, assistant, loop)
    yield built
    built.database.dispose()


def be_called(caller: Caller, number: str = "213 555 0199 de estados unidos") -> None:
    """A task from its beginning to its end."""
    caller.says("quiero que me llamen")
    for _ in range(3):
        if caller.heard("step_consent"):
            caller.says("acepto todo")
        if caller.heard("step_callback_phone"):
            caller.says(number)
        if caller.heard("step_callback_phone_known"):
            caller.says("si")
    assert caller.answer.names[-1] == "step_callback_slot", caller.written()
    caller.taps(caller.answer.titles[0])
    assert caller.heard("callback_done"), caller.written()


def days_pass(caller: Caller, days: float) -> None:
    """As if the person had been asked so many days earlier."""
    record, people = caller.record, People(caller.house.database)
    assert record.satisfaction_asked is not None
    earlier = datetime.fromisoformat(record.satisfaction_asked) - timedelta(days=days)
    record = replace(record, satisfaction_asked=earlier.isoformat())
    known = known_of(caller.house.database, caller.address.conversation_id)
    with caller.house.database.writing() as connection:
        people.write(connection, known, record.as_json())


def kept(house: House) -> list[tuple[str, int | None, int | None]]:
    """What the table says."""
    return [(row.task, row.score, row.spared_a_call) for row in house.rows(satisfaction)]


def figures(house: House) -> Any:
    """What the dashboard shows."""
    with house.database.reading() as connection:
        return count_satisfaction(connection, 0, 1e12)


def test_after_the_line_and_into_the_figures(each_house: House) -> None:
    caller = Caller(each_house)
    register(caller)
    assert caller.answer.names[-2:] == ["next_steps", ASKED], caller.written()
    assert kept(each_house) == []
    caller.says("4")
    caller.hears("satisfaction_spared")
    assert kept(each_house) == [("registration", 4, None)]
    assert (figures(each_house).mean, figures(each_house).spared_share) == (4.0, None)
    caller.taps("Sí")
    caller.hears("satisfaction_thanks")
    assert kept(each_house) == [("registration", 4, 1)]
    assert (figures(each_house).mean, figures(each_house).spared_share) == (4.0, 1.0)
    caller.says("quiero borrar mis datos")
    caller.hears("step_erase")
    caller.says("si")
    assert caller.answer.names[-1] == "erased", caller.written()
    assert kept(each_house) == []
    assert caller.record.satisfaction_asked is None


def test_once_a_week_at_most(caller: Caller, house: House) -> None:
    register(caller)
    assert caller.heard(ASKED)
    caller.says("deme mi linea de captura")
    assert caller.heard("line_same")
    assert not caller.heard(ASKED)
    caller.says("me equivoque en mi ingreso, es 900 dolares a la semana")
    caller.says("si")
    assert caller.heard("line_replaced_changed"), caller.written()
    assert not caller.heard(ASKED)
    days_pass(caller, 6.9)
    be_called(caller)
    assert not caller.heard(ASKED)
    days_pass(caller, 0.2)
    be_called(caller)
    caller.hears("callback_done", ASKED)
    caller.says("5")
    assert kept(house) == [("callback", 5, None)]


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("1", 1), ("2", 2), ("3.", 3), ("cuatro", 4), ("cinco", 5), ("5 estrellas", 5),
        ("muy bien", 5), ("Bien, gracias", 4), ("le doy un 3", 3), ("Más o menos", 3),
    ],
)  # fmt: skip
def test_typed(caller: Caller, house: House, said: str, score: int) -> None:
    be_called(caller)
    caller.hears("callback_done", ASKED)
    caller.says(said)
    caller.hears("satisfaction_low" if score <= 2 else "satisfaction_spared")
    assert kept(house) == [("callback", score, None)]


@pytest.mark.parametrize(
    ("said", "spared"), [("si", 1), ("sí, claro", 1), ("1", 1), ("2", 0), ("la verdad no", 0)]
)
def test_whether_a_call_was_spared(caller: Caller, house: House, said: str, spared: int) -> None:
    be_called(caller)
    caller.taps("Regular")
    caller.hears("satisfaction_spared")
    caller.says(said)
    caller.hears("satisfaction_thanks")
    assert kept(house) == [("callback", 3, spared)]


def test_in_english(caller: Caller, house: House) -> None:
    caller.says("hello, I speak English")
    caller.says("please call me back")
    caller.taps("I accept everything")
    caller.says("+1 213 555 0199")
    caller.taps(caller.answer.titles[0])
    caller.hears("callback_done", ASKED)
    assert caller.answer.titles == ["Very bad", "Bad", "So-so", "Good", "Very good"]
    caller.says("five stars")
    caller.hears("satisfaction_spared")
    assert "save you a call" in caller.answer.text
    caller.says("yes it did")
    caller.hears("satisfaction_thanks")
    assert kept(house) == [("callback", 5, 1)]


def test_in_text_messages_the_number_of_an_option_is_its_score(house: House) -> None:
    caller = Caller(house, channel="sms")
    be_called(caller)
    caller.hears("callback_done", ASKED)
    (text,) = sms_texts(caller.answer.replies[-1], [])
    assert text.splitlines()[-5:] == [
        "1. Muy mal", "2. Mal", "3. Regular", "4. Bien", "5. Muy bien",
    ]  # fmt: skip
    assert "del 1 (muy mal) al 5 (muy bien)" in text
    caller.says("4")
    (text,) = sms_texts(caller.answer.replies[-1], [])
    assert text.splitlines()[-2:] == ["1. Si", "2. No"]
    caller.says("2")
    assert kept(house) == [("callback", 4, 0)]


def test_who_is_not_content_is_offered_a_person(caller: Caller, house: House) -> None:
    be_called(caller)
    caller.says("2")
    caller.hears("satisfaction_low")
    caller.taps("Hablar con persona")
    assert caller.answer.names[0].startswith("talk_to_agent"), caller.written()
    assert kept(house) == [("callback", 2, None)]


def test_who_goes_on_is_answered_and_not_asked_again(caller: Caller, house: House) -> None:
    register(caller)
    caller.says("cómo pagar")  # offered before the question
    caller.hears("ask_how_to_pay")
    caller.says("y que cubre el seguro")
    assert caller.heard("ask_benefits"), caller.written()
    caller.says("5")
    assert not any(name.startswith(ASKED) for name in caller.answer.names)
    assert kept(house) == []


@pytest.mark.parametrize("said", ["gracias", "ok", "repita por favor", "10", "adios"])
def test_what_is_no_answer_is_not_taken_for_one(caller: Caller, house: House, said: str) -> None:
    be_called(caller)
    caller.says(said)
    assert not any(name.startswith(ASKED) for name in caller.answer.names), caller.written()
    assert kept(house) == []


def test_a_person_is_one_word_away_of_it(caller: Caller, house: House) -> None:
    be_called(caller)
    caller.says("0")
    assert caller.answer.names[0].startswith("talk_to_agent")
    assert kept(house) == []


def test_it_can_be_answered_later_also_in_the_middle_of_something(
    caller: Caller, house: House
) -> None:
    be_called(caller)
    caller.says("me quiero inscribir")
    step = caller.answer.names[-1]
    assert step.startswith("step_"), caller.written()
    caller.taps("Bien")
    caller.hears("satisfaction_thanks", step)
    assert kept(house) == [("callback", 4, None)]


def test_another_tap_mends_the_score(caller: Caller, house: House) -> None:
    be_called(caller)
    caller.taps("Muy mal")
    caller.taps("Muy bien")
    caller.hears("satisfaction_spared")
    caller.taps("No")
    caller.taps("Bien")
    caller.hears("satisfaction_thanks")
    assert kept(house) == [("callback", 4, 0)]


def test_after_starting_over_an_old_option_is_late(caller: Caller, house: House) -> None:
    be_called(caller)
    caller.says("empezar de nuevo")
    assert caller.heard("start_over"), caller.written()
    caller.taps("Bien")
    caller.hears("answer_late")
    assert kept(house) == []


def test_nobody_is_asked_in_the_middle_of_another_task(caller: Caller) -> None:
    register(caller, until="email")
    be_called(caller)
    assert not caller.heard(ASKED)
    assert caller.answer.names[-1] == "step_email"


def test_a_line_that_comes_while_something_else_is_asked(caller: Caller, house: House) -> None:
    register(caller, until="summary")
    caller.writes("si")
    caller.writes("quiero poner una queja")
    house.settle()
    caller.looks()
    assert caller.heard("line"), caller.written()
    assert not caller.heard(ASKED), caller.written()


def test_who_waits_for_a_person_is_not_asked(caller: Caller, house: House) -> None:
    caller.says("hola")
    with house.database.writing() as connection:
        wait_for_agent(house.database, connection, caller.address.conversation_id, "distress")
    be_called(caller)
    assert not caller.heard(ASKED)


def test_what_only_leads_on_is_no_end_of_a_task(caller: Caller, house: House) -> None:
    caller.says("quiero poner una queja")
    caller.says("el doctor de la clinica me grito y no me dieron medicina el lunes")
    caller.hears("complaint_done")
    caller.says("que clinica me toca")
    caller.says("58000")
    assert caller.heard("clinic_found_test")
    caller.says("cuanto pagaria si gano 600 dolares a la semana")
    assert caller.heard("quota_result"), caller.written()
    caller.says("ya no me manden recordatorios, alto")
    assert caller.heard("opt_out")
    assert "[utter_satisfaction]" not in caller.written()
    assert kept(house) == []


def test_nobody_is_asked_on_the_phone(house: House) -> None:
    caller = Caller(house, channel="voice")
    be_called(caller)
    caller.hears("callback_done")
