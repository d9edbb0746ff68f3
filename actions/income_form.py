"""Takes the income bit by bit: what a message adds to it, and what to ask next."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import entity, intent, text, was_option
from bot.people.record import PersonRecord
from bot.programme.income import Currency, IncomeOutOfRange, Period
from bot.programme.income_answers import Asked, SaidIncome, add_answer, add_chosen

SLOT_OF = {
    "amount": "income_amount",
    "currency": "income_currency",
    "period": "income_period",
    "hours_per_week": "hours_per_week",
    "days_per_week": "days_per_week",
}
ASKED_BY = {slot: piece for piece, slot in SLOT_OF.items()}
NOT_UNDERSTOOD = {
    "nlu_fallback",
    "out_of_scope",
    "inform",
    "affirm",
    "deny",
    "compute_quota",
    "dont_have_it",
    "ask_repeat",
}
FAILURES_BEFORE_A_PERSON = 3


class ValidateQuotaForm(FormValidationAction):
    """Takes from each message what it says of the income, and says what to ask next."""

    def name(self) -> str:
        return "validate_quota_form"

    async def required_slots(
        self, domain_slots: Any, dispatcher: Any, tracker: Tracker, domain: Any
    ) -> list[str]:
        missing = said_income(tracker).missing()
        return [SLOT_OF[missing]] if missing else []

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        slot = tracker.get_slot("requested_slot")
        asked = cast("Asked | None", ASKED_BY.get(slot)) if slot else None
        if was_option(tracker) and intent(tracker) == "compute_quota":
            asked = None
        # A new calculation begins: what was said for the last one does not count, unless an option
        # of the last one was chosen again.
        so_far = said_income(tracker) if asked or intent(tracker) == "inform" else SaidIncome()
        try:
            said = _chosen(so_far, tracker) or add_answer(so_far, text(tracker), asked)
        except IncomeOutOfRange:
            return self._failed(dispatcher, tracker, "utter_income_out_of_range")
        if said is not None:
            return [*as_slots(said), SlotSet("step_failures", 0.0)]
        if asked is None:
            return [*as_slots(registered_income(tracker)), SlotSet("step_failures", 0.0)]
        if intent(tracker) in NOT_UNDERSTOOD:
            unknown = intent(tracker) == "dont_have_it"
            response = "utter_income_roughly" if unknown else "utter_income_not_understood"
            return self._failed(dispatcher, tracker, response)
        return []  # a question of its own: it is answered, then the step is asked again

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        return [
            SlotSet(name, value)
            for name, value in tracker.slots_to_validate().items()
            if name != "requested_slot"
        ]

    async def next_requested_slot(
        self, dispatcher: Any, tracker: Tracker, domain: Any
    ) -> EventType | None:
        if (tracker.get_slot("step_failures") or 0) >= FAILURES_BEFORE_A_PERSON:
            return SlotSet("requested_slot", None)
        missing = said_income(tracker).missing()
        return SlotSet("requested_slot", SLOT_OF[missing] if missing else None)

    @staticmethod
    def _failed(
        dispatcher: CollectingDispatcher, tracker: Tracker, response: str
    ) -> list[EventType]:
        failures = float(tracker.get_slot("step_failures") or 0) + 1
        if failures < FAILURES_BEFORE_A_PERSON:
            dispatcher.utter_message(response=response)
        return [SlotSet("step_failures", failures)]


def _chosen(so_far: SaidIncome, tracker: Tracker) -> SaidIncome | None:
    """The income with what an option says."""
    period, currency = entity(tracker, "income_period"), entity(tracker, "income_currency")
    if not (period or currency) or so_far.amount is None:
        return None
    return add_chosen(so_far, cast("Period | None", period), cast("Currency | None", currency))


def said_income(tracker: Tracker) -> SaidIncome:
    """What is known of the income so far, from the slots."""

    def number(slot: str) -> Decimal | None:
        value = tracker.get_slot(slot)
        return Decimal(value) if value else None

    return SaidIncome(
        number("income_amount"),
        tracker.get_slot("income_currency"),
        tracker.get_slot("income_period"),
        number("hours_per_week"),
        number("days_per_week"),
        bool(tracker.get_slot("dollars_assumed")),
    )


def registered_income(tracker: Tracker) -> SaidIncome:
    """The income that the person gave for their registration; nothing where they gave none."""
    income = PersonRecord.from_json(tracker.get_slot("person")).draft.income
    return income if income is not None and income.missing() is None else SaidIncome()


def as_slots(said: SaidIncome) -> list[EventType]:
    """The slots that keep an income."""
    values = {
        "income_amount": said.amount,
        "income_currency": said.currency,
        "income_period": said.period,
        "hours_per_week": said.hours_per_week,
        "days_per_week": said.days_per_week,
    }
    slots = [SlotSet(name, None if value is None else str(value)) for name, value in values.items()]
    return [*slots, SlotSet("dollars_assumed", said.dollars_assumed)]
