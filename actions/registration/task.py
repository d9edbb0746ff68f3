"""The registration as a task: asks, takes, corrects, sends."""

from __future__ import annotations

from typing import Any, cast

from actions.conversation import entity
from actions.keys import read_back
from actions.labels import examples
from actions.registration import options
from actions.registration.answers import can_correct, choose, correct, problem_outcome, read_own
from actions.registration.corrections import names_another, wants_to_correct
from actions.registration.reading import today
from actions.registration.values import NUMBERS, change, earnings_said, take, take_more
from actions.registration.words import (
    numbered_fields,
    progress,
    relatives_in_words,
    summary_lines,
)
from actions.tasks.consent import ask_for_consent, read_consent
from actions.tasks.talk import TAKEN, Outcome, Talk, wrong
from actions.tasks.task import Task
from bot.nlg.catalogue import has_response
from bot.people.steps import next_step, student_to_ask_about, without_age
from bot.programme.curp import check_curp, state_names
from bot.programme.field_text import Problem
from bot.programme.income_answers import add_chosen
from bot.programme.registration import RegistrationDraft
from bot.programme.registration_fields import FIELDS, FieldName

# Questions about a datum just given: "está mal" means that one, unless another is named.
_ABOUT: dict[str, FieldName] = {
    "curp_confirmed": "curp", "email_suggestion": "email", "phone_country": "phone",
}  # fmt: skip
# Their answers are read before a correction is looked for.
_SHORT_STEPS = {*_ABOUT, "summary", "correct_which"}
_PIECES = {
    "period": "utter_ask_income_period",
    "currency": "utter_ask_income_currency",
    "hours_per_week": "utter_ask_hours_per_week",
    "days_per_week": "utter_ask_days_per_week",
}


class Registration(Task):
    """From the privacy notice to the registration that is sent."""

    name = "registration"
    own_words = frozenset(
        {"name", "address", "municipality", "neighbourhood", "street", "occupation"}
    )

    def begin(self, talk: Talk) -> None:
        if talk.record.consent is None:
            return
        if talk.intent == "answer":
            outcome = choose(talk, "summary", "correct")
        elif talk.intent == "correct_detail" or talk.record.state == "registered":
            outcome = correct(talk)
        else:
            outcome = take_more(talk, "", talk.text) or TAKEN
        for response, given in outcome.says:
            talk.say(response, **given)

    def next_step(self, talk: Talk) -> str | None:
        return next_step(talk.record, talk.state)

    def ask(self, talk: Talk, step: str) -> None:
        if step == "consent":
            ask_for_consent(talk)
            return
        income = talk.record.draft.income
        piece = income.missing() if step == "income" and income is not None else None
        response = _PIECES.get(piece or "", f"utter_step_{step}")
        talk.say(response, **self._given(talk, step))

    def explain(self, talk: Talk, step: str) -> None:
        if has_response(f"utter_example_{step}"):
            talk.say(f"utter_example_{step}", **examples(talk.language))
        else:
            self.ask(talk, step)

    def why(self, talk: Talk, step: str) -> None:
        known = has_response(f"utter_why_{step}")
        talk.say(f"utter_why_{step}" if known else "utter_ask_why_needed")

    def read(self, talk: Talk, step: str) -> Outcome:
        text = talk.text
        if step == "consent":
            said = read_consent(text)
            return said if isinstance(said, Outcome) else choose(talk, step, said)
        first = step not in _SHORT_STEPS or names_another(talk, _ABOUT.get(step))
        if first and wants_to_correct(talk) and can_correct(talk):
            return correct(talk)
        # "al año" of an income is no period of payment.
        if step == "period" and (earnings := earnings_said(talk)) is not None:
            return earnings
        outcome = read_own(talk, step)
        if outcome.kind == "wrong":
            more = take_more(talk, step, text, besides=() if outcome.blank else NUMBERS)
            if more is not None:
                return more
            if wants_to_correct(talk) and talk.record.draft != RegistrationDraft():
                return correct(talk)
        return outcome

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        return choose(talk, step, value)

    def choose_other(self, talk: Talk, step: str, value: str) -> Outcome:
        if step == "summary" and value == "correct":
            return choose(talk, step, value)
        if talk.record.consent is None or step not in FIELDS:
            return wrong("utter_answer_late")
        done = options.choose(talk, step, value)
        return done if isinstance(done, Outcome) else change(talk, done)

    def take(self, talk: Talk, step: str) -> Outcome:
        piece = entity(talk.tracker, "income_period"), entity(talk.tracker, "income_currency")
        income = talk.record.draft.income
        if talk.intent == "inform" and any(piece) and step == "income" and income:
            chosen = add_chosen(income, cast(Any, piece[0]), cast(Any, piece[1]))
            return take(talk, step, {"income": chosen}, "")
        if talk.option is None and talk.intent == "dont_have_it":
            return self._without_it(talk, step)
        if talk.option is not None and talk.intent == "dont_have_it":
            return problem_outcome(talk, step, Problem("not_known"))
        outcome = super().take(talk, step)
        starts_over = outcome.kind == "aside" and talk.intent == "start_over"
        if starts_over and step not in ("start_over_confirm", "consent"):
            talk.state["start_over"] = True
            return TAKEN
        return outcome

    def _without_it(self, talk: Talk, step: str) -> Outcome:
        """ "no tengo" may be an answer: of nobody's family, of a street without a number."""
        outcome = self.read(talk, step)
        if outcome.kind == "taken":
            return outcome
        return problem_outcome(talk, step, Problem("not_known"))

    def finish(self, talk: Talk, ended: str) -> None:
        given = talk.record.consent is not None
        responses = {
            "refused": "utter_registration_without_consent",
            "income_refused": "utter_registration_income_refused",
            "sent": "utter_registration_sending",
            "later": "utter_registration_paused" if given else "utter_task_stopped",
        }
        talk.say(responses[ended], progress=progress(talk.record, talk.language))

    def has_options(self, step: str) -> bool:
        return step != "income" and super().has_options(step)

    def _given(self, talk: Talk, step: str) -> dict[str, Any]:
        """What the questions are given."""
        draft, spoken = talk.record.draft, talk.language
        given: dict[str, Any] = {"progress": progress(talk.record, spoken), **examples(spoken)}
        if step == "curp_confirmed" and draft.curp:
            given |= read_back(check_curp(draft.curp, today()), spoken)
        if step == "email_suggestion":
            given["suggestion"] = talk.state["email"]["suggestion"]
        if draft.state:
            given["state_name"] = state_names()[draft.state]
        if step == "summary":
            given["summary_lines"] = summary_lines(draft, spoken)
        if step == "correct_which":
            given["numbered_fields"] = numbered_fields(draft, spoken)
        if step == "beneficiary_ages":
            given["relatives"] = relatives_in_words(without_age(draft), spoken)
        student = student_to_ask_about(draft)
        if student is not None:
            given["relative"] = relatives_in_words([student], spoken)
        return given
