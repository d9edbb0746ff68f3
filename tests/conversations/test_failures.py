"""What people are told when something of ours does not work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.messaging.assistant import Assistant
from tests.conversations.person import Person


def _raises(*_: Any, **__: Any) -> None:
    raise RuntimeError("on purpose")


@pytest.fixture
def expired(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least quota of a month, as if its year had ended."""
    figures = assistant._answers._figures
    name = "minimum_quota_month"
    ended = replace(figures[name], valid_to=date(2026, 11, 22))
    monkeypatch.setitem(figures, name, ended)


@pytest.mark.usefixtures("expired")
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("cual es lo minimo que puedo pagar", "ya no está al día"),
        ("what is the least I can pay", "out of date"),
    ],
)
def test_an_expired_figure_is_not_said(person: Person, question: str, words: str) -> None:
    person.says(question)
    person.hears("figure_expired")
    assert words in person.answer.text
    assert "$" not in person.answer.text
    assert {"Hablar con persona", "Talk to a person"} & set(person.answer.titles)


def test_a_figure_is_said_until_its_last_day(
    person: Person, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = assistant._answers._figures
    last_day = replace(figures["minimum_quota_month"], valid_to=date(2026, 11, 23))
    monkeypatch.setitem(figures, "minimum_quota_month", last_day)
    person.says("cual es lo minimo que puedo pagar")
    person.hears("ask_minimum_maximum")


def test_figures_fall_silent_when_their_year_has_ended(
    person: Person, day: Callable[[date], None]
) -> None:
    day(date(2031, 1, 1))
    person.says("cual es lo minimo que puedo pagar")
    person.hears("figure_expired")
    person.says("que cubre el seguro")
    person.hears("ask_benefits")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("actions.quota.quota_by_period", "gano 1500 dolares al mes, cuanto pagaria"),
        ("actions.income_form.add_answer", "cuanto pagaria"),
        ("actions.keys.check_curp", "mi curp es GOMC560626HDFNRR09"),
        ("actions.keys.check_nss", "mi nss es 72159904563, esta bien?"),
        ("actions.steering.topic_label", "mi primo dice que hay algo"),
    ],
)
def test_a_failing_action_is_told_and_the_conversation_goes_on(
    person: Person, monkeypatch: pytest.MonkeyPatch, broken: str, said: str
) -> None:
    with monkeypatch.context() as breaking:
        breaking.setattr(broken, _raises)
        person.says(said)
        assert "action_failed" in person.answer.names, person.written()
        assert "Hablar con persona" in person.answer.titles
        assert "on purpose" not in person.answer.text
    person.says("que cubre el seguro")
    assert person.answer.names[0] == "ask_benefits", person.written()


def test_a_failing_step_of_the_quota_can_be_taken_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.says("cuanto pagaria")
    with monkeypatch.context() as breaking:
        breaking.setattr("actions.income_form.add_answer", _raises)
        person.says("1500 dolares al mes")
        assert "action_failed" in person.answer.names
    person.says("1500 dolares al mes")
    assert "quota_result" in person.answer.names, person.written()
