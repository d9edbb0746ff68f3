"""Which clinic is in charge of an address in Mexico."""

from __future__ import annotations

from actions.registration.problems import problem_response
from actions.tasks.talk import Outcome, Talk, told, wrong
from actions.tasks.task import Task
from bot.people.effects import errand
from bot.programme.field_text import Problem
from bot.programme.mexican_states import PostalCode, read_postal_code
from bot.programme.several import read_several

STEP = "clinic_postal_code"


class Clinic(Task):
    """Asks for the postal code, unless the message or the registration has it."""

    name = "clinic"

    def begin(self, talk: Talk) -> None:
        said = read_several(talk.text).get("postal_code") if talk.option is None else None
        known = talk.record.draft.postal_code
        code = said if isinstance(said, PostalCode) else known
        if code is not None:
            _look_up(talk, code)

    def next_step(self, talk: Talk) -> str | None:
        return STEP

    def read(self, talk: Talk, step: str) -> Outcome:
        code = read_postal_code(talk.text)
        if not isinstance(code, Problem):
            return _look_up(talk, code)
        if code.code == "not_known":
            return told("utter_dont_have_clinic_postal_code")
        response, given = problem_response("postal_code", code, talk.language)
        return wrong(response, **given)

    def take(self, talk: Talk, step: str) -> Outcome:
        if talk.intent == "dont_have_it":
            return told("utter_dont_have_clinic_postal_code")
        return super().take(talk, step)

    def explain(self, talk: Talk, step: str) -> None:
        super().explain(talk, "postal_code")

    def why(self, talk: Talk, step: str) -> None:
        super().why(talk, "postal_code")

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        return wrong("utter_answer_late")

    def finish(self, talk: Talk, ended: str) -> None:
        talk.say("utter_clinic_asking" if ended == "asked" else "utter_task_stopped")


def _look_up(talk: Talk, code: PostalCode) -> Outcome:
    talk.effects.append(errand("clinic", {"postal_code": code.code}))
    return talk.end("asked")
