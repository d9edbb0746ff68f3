"""Whether somebody can join: at most five questions, then the verdict with its reason."""

from __future__ import annotations

from typing import cast

from actions.tasks.talk import TAKEN, Outcome, Talk, wrong
from actions.tasks.task import Task
from bot.programme.eligibility import (
    NOT_SURE,
    OPTIONS,
    QUESTIONS,
    EligibilityAnswers,
    Question,
    decide,
    next_question,
)
from bot.programme.eligibility import Eligibility as Decided
from bot.programme.eligibility_answers import read_eligibility_answer
from bot.programme.field_text import Problem

_BY_CODE = {
    "foreigner_needs_legal_stay_in_mexico": "other_foreigner",
    "employer_in_mexico_must_register": "other_employer_in_mexico",
    "works_in_mexico": "other_own_account_in_mexico",
    "quota_is_of_income_from_work": "other_not_working",
    "no_rule_on_minimum_age_found": "ask_minor",
    "pension_may_be_affected": "ask_pensioner",
    "answer_not_sure": "ask_unsure",
    "employer_abroad_is_no_bar": "yes_employed_abroad",
    "works_on_own_account": "yes_own_account",
}


class Eligibility(Task):
    """Asks only what still matters."""

    name = "eligibility"

    def begin(self, talk: Talk) -> None:
        talk.state["answers"] = {}
        talk.say("utter_eligibility_begin")

    def next_step(self, talk: Talk) -> str | None:
        return next_question(_answers(talk))

    def read(self, talk: Talk, step: str) -> Outcome:
        said = read_eligibility_answer(cast(Question, step), talk.text)
        if not isinstance(said, Problem):
            return self.choose(talk, step, said)
        several = said.code == "several_values"
        return wrong("utter_problem_several_values" if several else "utter_problem_unclear")

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        if value not in (*OPTIONS[cast(Question, step)], NOT_SURE):
            return wrong("utter_answer_late")
        talk.state["answers"] = {**talk.state["answers"], step: value}
        return TAKEN

    def choose_other(self, talk: Talk, step: str, value: str) -> Outcome:
        if step not in QUESTIONS or step not in talk.state["answers"]:
            return wrong("utter_answer_late")
        return self.choose(talk, step, value)

    def finish(self, talk: Talk, ended: str) -> None:
        answers = _answers(talk)
        if ended == "later" or next_question(answers) is not None:
            talk.say("utter_task_stopped")
        else:
            talk.say(f"utter_eligibility_{verdict_name(decide(answers))}")


def verdict_name(decided: Decided) -> str:
    """The name of the response that says a verdict."""
    codes = {reason.code for reason in decided.reasons}
    both, medical = "works_in_both_countries" in codes, "medical_cover_alone_exists" in codes
    if decided.verdict == "yes_but":
        if both and medical:
            return "yes_but_both_and_medical"
        return "yes_but_both_countries" if both else "yes_but_medical_only"
    return next(name for code, name in _BY_CODE.items() if code in codes)


def _answers(talk: Talk) -> EligibilityAnswers:
    return EligibilityAnswers(**talk.state.get("answers", {}))
