"""Answers in the person's language, with dated figures and their source."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from bot.nlg import generator
from bot.nlg.generator import DatedAnswers
from bot.programme.figures import Figure

TODAY = date(2026, 11, 23)


def both(spanish: str, english: str, **more: Any) -> list[dict[str, Any]]:
    """A response in both languages."""
    return [
        {"condition": [{"type": "slot", "name": "language", "value": code}], "text": text, **more}
        for code, text in (("es", spanish), ("en", english))
    ]


SOURCE = {"source": "LSS art. 84", "reviewed": "2026-11", "grade": "A"}
RESPONSES = {
    "utter_plain": both("Hola.", "Hello."),
    "utter_fee": both("Cuesta {fee}.", "It costs {fee}.", metadata=SOURCE),
    "utter_many": both("{rate}, {weeks}, {phone}, {since}", "{rate}, {weeks}, {phone}, {since}"),
    "utter_old": both("Antes {old}.", "Before {old}.", buttons=[{"title": "x", "payload": "/x"}]),
    "utter_given": both("Dijo {said} y {fee}.", "You said {said} and {fee}."),
    "utter_offer": both("Toque.", "Tap.", buttons=[{"title": "A", "payload": '/a{"b": "c"}'}]),
    "utter_figure_expired": both("Ya no está al día.", "Out of date."),
    "utter_source_line": both(
        "Fuente: {source} · rev. {reviewed}", "Source: {source} · rev. {reviewed}"
    ),
}


def figure(name: str, value: str, unit: str, until: date | None = None) -> Figure:
    return Figure(name, value, unit, date(2026, 1, 1), until, "test", "A")


FIGURES = {
    "fee": figure("fee", "1969.34", "mxn", TODAY),
    "rate": figure("rate", "5", "percent"),
    "weeks": figure("weeks", "1250", "count"),
    "phone": figure("phone", "911", "text"),
    "since": figure("since", "2025-08-18", "date"),
    "old": figure("old", "7", "count", date(2026, 11, 22)),
    "exchange_rate_usd": figure("exchange_rate_usd", "17.45", "mxn"),
    "exchange_rate_date": figure("exchange_rate_date", "2026-01-23", "date"),
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> DatedAnswers:
    """The generator on a day that stands still, with responses and figures of the test's own."""

    class Day(date):
        @classmethod
        def today(cls) -> date:
            return TODAY

    for variable in ("PTI_EXCHANGE_RATE", "PTI_EXCHANGE_RATE_DATE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(generator, "date", Day)
    monkeypatch.setattr(generator, "load_figures", lambda: FIGURES)
    return DatedAnswers(domain=Domain.from_dict({"responses": RESPONSES}))


def say(answers: DatedAnswers, name: str, language: str | None = "es", **given: Any) -> Any:
    slots = {} if language is None else {"language": language}
    return answers.generate_from_slots(name, slots, "web", **given)


@pytest.mark.parametrize(("language", "text"), [("es", "Hola."), ("en", "Hello.")])
def test_in_the_language_of_the_conversation(
    answers: DatedAnswers, language: str, text: str
) -> None:
    assert say(answers, "utter_plain", language)["text"] == text


def test_spanish_where_the_language_is_not_known(answers: DatedAnswers) -> None:
    assert say(answers, "utter_plain", None)["text"] == "Hola."
    assert answers.generate_from_slots("utter_plain", {"language": None}, "web")["text"] == "Hola."


def test_no_such_response_is_none(answers: DatedAnswers) -> None:
    assert say(answers, "utter_nothing") is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Cuesta $1,969.34.\nFuente: LSS art. 84 · rev. nov 2026"),
        ("en", "It costs $1,969.34.\nSource: LSS art. 84 · rev. Nov 2026"),
    ],
)
def test_figures_and_source(answers: DatedAnswers, language: str, text: str) -> None:
    assert say(answers, "utter_fee", language)["text"] == text


def test_every_unit_is_printed_in_the_language(answers: DatedAnswers) -> None:
    assert say(answers, "utter_many")["text"] == "5 %, 1,250, 911, 18 de agosto de 2025"
    assert say(answers, "utter_many", "en")["text"] == "5%, 1,250, 911, August 18, 2025"


@pytest.mark.parametrize(
    ("language", "text"), [("es", "Ya no está al día."), ("en", "Out of date.")]
)
def test_a_figure_whose_period_has_ended_is_not_said(
    answers: DatedAnswers, language: str, text: str
) -> None:
    answer = say(answers, "utter_old", language)
    assert answer["text"] == text
    assert "buttons" not in answer
    assert answer["metadata"]["utter_action"] == "utter_figure_expired"


def test_an_ended_figure_that_the_action_gives_is_said(answers: DatedAnswers) -> None:
    assert say(answers, "utter_old", old="9")["text"] == "Antes 9."


def test_a_placeholder_that_nobody_gives_raises(answers: DatedAnswers) -> None:
    with pytest.raises(KeyError, match="said"):
        say(answers, "utter_given")


@pytest.mark.parametrize("typed", ["{fee}", "{uma}", "{language}", "{{fee}}", "{0}", "\\1", "%s"])
def test_what_people_give_is_not_filled_in_again(answers: DatedAnswers, typed: str) -> None:
    text = say(answers, "utter_given", said=typed)["text"]
    assert text == f"Dijo {typed} y $1,969.34."


def test_payloads_of_options_are_left_as_they_are(answers: DatedAnswers) -> None:
    assert say(answers, "utter_offer")["buttons"] == [{"title": "A", "payload": '/a{"b": "c"}'}]


def test_an_answer_does_not_change_the_next(answers: DatedAnswers) -> None:
    say(answers, "utter_offer")["buttons"].append({"title": "B", "payload": "/b"})
    assert len(say(answers, "utter_offer")["buttons"]) == 1


def test_the_configured_exchange_rate_replaces_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTI_EXCHANGE_RATE", "18.9")
    monkeypatch.setenv("PTI_EXCHANGE_RATE_DATE", "2026-11-20")
    monkeypatch.setattr(generator, "load_figures", lambda: FIGURES)
    written = both("{exchange_rate_usd} {exchange_rate_date}", "{exchange_rate_usd}")
    domain = Domain.from_dict({"responses": {"utter_rate": written}})
    text = say(DatedAnswers(domain=domain), "utter_rate")["text"]
    assert text == "$18.90 20 de noviembre de 2026"


def test_one_of_several_that_fit_is_drawn(answers: DatedAnswers) -> None:
    answers.responses["utter_several"] = [{"text": "A"}, {"text": "B"}]
    said = {
        answer["text"]
        for _ in range(60)
        if (answer := answers.generate_from_slots("utter_several", {}, "web"))
    }
    assert said == {"A", "B"}


def test_what_was_said_may_be_changed(answers: DatedAnswers) -> None:
    for _ in range(2):
        answer = answers.generate_from_slots("utter_offer", {}, "web")
        assert answer is not None
        assert len(answer["buttons"]) == 1
        answer["buttons"].append(answer["buttons"][0])
