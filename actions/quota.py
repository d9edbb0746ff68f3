"""The quota in the chat: what one would pay, by the income that was given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import entity, language
from actions.income_form import as_slots, said_income
from actions.labels import branch_label, income_label
from bot.programme.exchange_rate import ExchangeRate, exchange_rate, with_configured_rate
from bot.programme.figures import (
    load_figures,
    print_count,
    print_day,
    print_dollars,
    print_month,
    print_pesos,
)
from bot.programme.income_answers import SaidIncome, add_chosen
from bot.programme.month import Month
from bot.programme.quota import ContributionPeriod, Quota, quota_by_period
from bot.programme.year_parameters import FiguresNotPublished
from bot.settings import configured_rate, environment


class ActionShowQuota(Action):
    """Says what one would pay: for a month in pesos and dollars, then for the other periods."""

    def name(self) -> str:
        return "action_show_quota"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        said = said_income(tracker)
        if said.missing():
            dispatcher.utter_message(response="utter_clarify_person")
        else:
            _show(dispatcher, said, language(tracker))
        # A registration that the question interrupted goes on.
        again = [FollowupAction("task_form")] if tracker.get_slot("tasks") else []
        return [SlotSet("step_failures", 0.0), *again]


class ActionQuotaDetail(Action):
    """Another look at the quota that was shown: its branches, with Infonavit, or in pesos after
    all."""

    def name(self) -> str:
        return "action_quota_detail"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        said, view, spoken = said_income(tracker), entity(tracker, "quota_view"), language(tracker)
        if said.missing():
            dispatcher.utter_message(response="utter_quota_income_is_declared")
            return []
        if view == "pesos":
            said = add_chosen(said, None, "MXN")
            _show(dispatcher, said, spoken)
            return as_slots(said)
        views = {"branches": _show_branches, "infonavit": _show_infonavit}
        views.get(view or "", _show_periods)(dispatcher, said, spoken)
        return []


def _show(dispatcher: CollectingDispatcher, said: SaidIncome, spoken: str) -> None:
    rate = current_rate()
    monthly = said.monthly(rate.pesos)
    quotas = _quotas(dispatcher, monthly)
    if quotas is None:
        return
    month = quotas[1].months[0]
    if month.was_raised_to_minimum:
        dispatcher.utter_message(
            response="utter_quota_minimum_applied", minimum_income=print_pesos(month.floor)
        )
    if month.was_lowered_to_maximum:
        dispatcher.utter_message(
            response="utter_quota_maximum_applied", maximum_income=print_pesos(month.cap)
        )
    dispatcher.utter_message(
        response="utter_quota_result",
        income_said=said_back(said, spoken),
        monthly_income=print_pesos(monthly),
        minimum_income=print_pesos(month.floor),
        quota_month=print_month(month.month.first_day, spoken),
        **_amounts(quotas[1].total, rate, spoken),
    )
    _utter_periods(dispatcher, quotas, spoken, assumed=said.dollars_assumed)


def _show_periods(dispatcher: CollectingDispatcher, said: SaidIncome, spoken: str) -> None:
    quotas = _quotas(dispatcher, said.monthly(current_rate().pesos))
    if quotas is not None:
        _utter_periods(dispatcher, quotas, spoken, assumed=False)


def _utter_periods(
    dispatcher: CollectingDispatcher,
    quotas: dict[ContributionPeriod, Quota],
    spoken: str,
    *,
    assumed: bool,
) -> None:
    provisional = [m.month.year for m in quotas[12].months if m.provisional]
    wrong_currency = {
        "title": income_label("in_pesos", spoken),
        "payload": '/quota_detail{"quota_view": "pesos"}',
    }
    dispatcher.utter_message(
        response="utter_quota_periods_provisional" if provisional else "utter_quota_periods",
        first_month=print_month(quotas[1].months[0].month.first_day, spoken),
        provisional_year=str(min(provisional, default="")),
        buttons=[wrong_currency] if assumed else [],
        **{f"quota_{months}": print_pesos(quota.total) for months, quota in quotas.items()},
    )


def _show_branches(dispatcher: CollectingDispatcher, said: SaidIncome, spoken: str) -> None:
    quotas = _quotas(dispatcher, said.monthly(current_rate().pesos))
    if quotas is None:
        return
    lines = (
        f"{branch_label(branch.id, spoken)}: {print_pesos(branch.amount)}"
        for branch in quotas[1].months[0].branches
        if branch.amount
    )
    dispatcher.utter_message(response="utter_quota_branches", branch_lines="\n".join(lines))


def _show_infonavit(dispatcher: CollectingDispatcher, said: SaidIncome, spoken: str) -> None:
    rate = current_rate()
    quotas = _quotas(dispatcher, said.monthly(rate.pesos), infonavit=True)
    if quotas is None:
        return
    branches = {branch.id: branch.amount for branch in quotas[1].months[0].branches}
    dispatcher.utter_message(
        response="utter_quota_with_infonavit",
        infonavit_amount=print_pesos(branches["infonavit"]),
        quota_month=print_month(quotas[1].months[0].month.first_day, spoken),
        **_amounts(quotas[1].total, rate, spoken),
    )


def _quotas(
    dispatcher: CollectingDispatcher, monthly_income: Decimal, *, infonavit: bool = False
) -> dict[ContributionPeriod, Quota] | None:
    """The quotas from the next month on, which is when cover would start; None where it has no
    figures."""
    first = Month.of(date.today()).plus(1)  # noqa: DTZ011  the calendar of the place where the service runs
    try:
        return quota_by_period(monthly_income, first, infonavit=infonavit)
    except FiguresNotPublished:
        dispatcher.utter_message(response="utter_quota_unavailable")
        return None


def _amounts(total: Decimal, rate: ExchangeRate, spoken: str) -> dict[str, str]:
    return {
        "quota_total": print_pesos(total),
        "quota_total_usd": print_dollars(total / rate.pesos),
        # all its decimals, so that who multiplies gets the same
        "exchange_rate": f"${rate.pesos}",
        "exchange_date": print_day(rate.day, spoken),
    }


def current_rate() -> ExchangeRate:
    """The exchange rate that is used today."""
    return exchange_rate(with_configured_rate(load_figures(), configured_rate(environment())))


def said_back(said: SaidIncome, spoken: str) -> str:
    """An income as it was said."""
    words = {
        "amount": print_count(said.amount or Decimal(0), spoken),
        "currency": income_label(str(said.currency), spoken),
        "period": income_label(str(said.period), spoken),
    }
    count, label = {
        "hour": (said.hours_per_week, "hours"),
        "day": (said.days_per_week, "days"),
    }.get(str(said.period), (None, ""))
    if count is None:
        return income_label("said", spoken).format(**words)
    time = income_label(label, spoken).format(count=print_count(count, spoken))
    return income_label("said_with_time", spoken).format(**words, time=time)
