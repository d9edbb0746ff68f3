"""The actions of the quota, each alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from actions.income_form import ValidateQuotaForm
from actions.quota import ActionQuotaDetail, ActionShowQuota
from tests.actions.support import run, tracker

KNOWN = {"income_amount": "1500", "income_currency": "USD", "income_period": "month"}


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions run on a day of November 2026, at the parameters' exchange rate."""

    class Day(date):
        @classmethod
        def today(cls) -> date:
            return date(2026, 11, 23)

    monkeypatch.setattr("actions.quota.date", Day)
    monkeypatch.setenv("PTI_EXCHANGE_RATE", "20")
    monkeypatch.setenv("PTI_EXCHANGE_RATE_DATE", "2026-11-20")


# asked, message, intent, what is then known, what is asked next, what is said
STEPS: list[tuple[str | None, str, str, dict[str, Any], str | None, list[str]]] = [
    (None, "cuanto pago", "compute_quota", {}, "income_amount", []),
    (None, "1500 dlls al mes", "compute_quota", KNOWN, None, []),
    ("income_amount", "900", "compute_quota", {"income_amount": "900"}, "income_period", []),
    (
        "income_amount",
        "18 la hora",
        "compute_quota",
        {"income_amount": "18", "income_period": "hour", "income_currency": "USD"},
        "hours_per_week",
        [],
    ),
    ("income_amount", "200 pesos al dia", "inform", {"income_period": "day"}, "days_per_week", []),
    ("income_amount", "pos quien sabe", "nlu_fallback", {}, "income_amount",
     ["utter_income_not_understood"]),
    ("income_amount", "no se", "dont_have_it", {}, "income_amount", ["utter_income_roughly"]),
    ("income_amount", "no entendi", "ask_repeat", {}, "income_amount",
     ["utter_income_not_understood"]),
    ("income_amount", "-5", "inform", {}, "income_amount", ["utter_income_out_of_range"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "text", "intent", "known", "next_", "said"), STEPS)
def test_a_step(
    asked: str | None,
    text: str,
    intent: str,
    known: dict[str, Any],
    next_: str | None,
    said: list[str],
) -> None:
    several = [(intent, 0.9), ("ask_benefits", 0.1)]
    done = run(
        ValidateQuotaForm(), tracker(text, intent=intent, ranking=several, requested_slot=asked)
    )
    assert known.items() <= done.slots.items()
    assert done.slots["requested_slot"] == next_
    assert done.names == said
    assert done.slots["step_failures"] == (1.0 if said else 0.0)


def test_a_question_of_its_own_changes_nothing() -> None:
    done = run(
        ValidateQuotaForm(),
        tracker("cubre a mis hijos?", intent="ask_cover_children", requested_slot="income_amount"),
    )
    assert set(done.slots) == {"requested_slot"}
    assert not done.said


def test_the_third_failure_ends_the_form() -> None:
    done = run(
        ValidateQuotaForm(),
        tracker("mmm", intent="nlu_fallback", requested_slot="income_amount", step_failures=2.0),
    )
    assert done.slots["requested_slot"] is None
    assert done.slots["step_failures"] == 3.0
    assert not done.said


def test_a_new_calculation_forgets_the_old_one() -> None:
    done = run(ValidateQuotaForm(), tracker("otra cantidad", intent="compute_quota", **KNOWN))
    assert done.slots["income_amount"] is None
    assert done.slots["income_currency"] is None
    assert done.slots["requested_slot"] == "income_amount"


def test_a_new_amount_is_not_joined_to_what_was_said_for_the_old_one() -> None:
    new = tracker("cuanto pago si gano 900", intent="compute_quota", **KNOWN)
    done = run(ValidateQuotaForm(), new)
    assert done.slots["income_amount"] == "900"
    assert done.slots["income_currency"] is None
    assert done.slots["requested_slot"] == "income_period"


@pytest.mark.parametrize(
    ("entities", "missing"),
    [
        ({"income_period": "week"}, None),
        ({"income_currency": "MXN"}, None),
        ({"income_period": "hour"}, "hours_per_week"),
    ],
)
def test_an_option_chosen_later_changes_the_calculation(
    entities: dict[str, str], missing: str | None
) -> None:
    done = run(ValidateQuotaForm(), tracker("opción", entities=entities, **KNOWN))
    assert done.slots["income_amount"] == "1500"
    assert entities.items() <= done.slots.items()
    assert done.slots["requested_slot"] == missing


def test_the_quota_is_said_with_what_it_rests_on() -> None:
    done = run(ActionShowQuota(), tracker(**KNOWN))
    assert done.names == ["utter_quota_result", "utter_quota_periods_provisional"]
    result, periods = done.said
    assert result["monthly_income"] == "$30,000.00"
    assert result["exchange_rate"] == "$20"
    assert result["exchange_date"] == "20 de noviembre de 2026"
    assert result["income_said"] == "1,500 dólares al mes"
    assert result["quota_month"] == periods["first_month"] == "diciembre de 2026"
    assert periods["quota_1"] == result["quota_total"]
    assert periods["provisional_year"] == "2027"
    assert done.payloads == []


@pytest.mark.parametrize(
    ("slots", "first"),
    [
        ({"income_amount": "100"}, "utter_quota_minimum_applied"),
        ({"income_amount": "9000"}, "utter_quota_maximum_applied"),
    ],
)
def test_the_limits_are_said_first(slots: dict[str, str], first: str) -> None:
    done = run(ActionShowQuota(), tracker(**{**KNOWN, **slots}))
    assert done.names[0] == first


def test_assumed_dollars_can_be_taken_back() -> None:
    assumed = run(ActionShowQuota(), tracker(**KNOWN, dollars_assumed=True))
    assert assumed.payloads == ['/quota_detail{"quota_view": "pesos"}']
    in_pesos = run(
        ActionQuotaDetail(),
        tracker(entities={"quota_view": "pesos"}, **KNOWN, dollars_assumed=True),
    )
    assert in_pesos.slots["income_currency"] == "MXN"
    assert in_pesos.slots["dollars_assumed"] is False
    assert in_pesos.names[0] == "utter_quota_minimum_applied"
    assert in_pesos.payloads == []


def test_nothing_to_show_offers_a_person() -> None:
    done = run(ActionShowQuota(), tracker(step_failures=3.0))
    assert done.names == ["utter_clarify_person"]
    assert done.slots == {"step_failures": 0.0}


@pytest.mark.parametrize(
    ("view", "response"),
    [
        ("branches", "utter_quota_branches"),
        ("infonavit", "utter_quota_with_infonavit"),
        ("periods", "utter_quota_periods_provisional"),
        ("unheard of", "utter_quota_periods_provisional"),
    ],
)
def test_another_look(view: str, response: str) -> None:
    done = run(ActionQuotaDetail(), tracker(entities={"quota_view": view}, **KNOWN))
    assert done.names == [response]


def test_a_look_at_nothing() -> None:
    done = run(ActionQuotaDetail(), tracker(entities={"quota_view": "branches"}))
    assert done.names == ["utter_quota_income_is_declared"]


@pytest.mark.parametrize(("language", "words"), [("es", "Ahorro"), ("en", "Retirement savings")])
def test_the_branches_in_both_languages(language: str, words: str) -> None:
    done = run(
        ActionQuotaDetail(),
        tracker(entities={"quota_view": "branches"}, **KNOWN, language=language),
    )
    lines = done.said[0]["branch_lines"].splitlines()
    assert len(lines) == 10
    assert any(line.startswith(words) for line in lines)
    amounts = [Decimal(line.rsplit("$", 1)[1].replace(",", "")) for line in lines]
    assert all(amount > 0 for amount in amounts)


def test_a_year_without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(date):
        @classmethod
        def today(cls) -> date:
            return date(2030, 5, 1)

    monkeypatch.setattr("actions.quota.date", Later)
    for action, entities in ((ActionShowQuota(), {}), (ActionQuotaDetail(), {"quota_view": "x"})):
        done = run(action, tracker(entities=entities, **KNOWN))
        assert done.names == ["utter_quota_unavailable"]
