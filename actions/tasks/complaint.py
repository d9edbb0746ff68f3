"""A complaint: taken down in the person's words, with a folio."""

from __future__ import annotations

from actions.tasks.talk import Outcome, Talk, wrong
from actions.tasks.task import Task
from bot.people.effects import case, new_folio
from bot.programme.field_text import unusable


class Complaint(Task):
    """One message tells what happened."""

    name = "complaint"
    own_words = frozenset({"complaint"})

    def next_step(self, talk: Talk) -> str | None:
        return "complaint"

    def read(self, talk: Talk, step: str) -> Outcome:
        problem = unusable(talk.text)
        if problem is not None:
            too_long = problem.code == "too_long"
            return wrong("utter_problem_too_long" if too_long else "utter_problem_empty")
        talk.state["folio"] = folio = new_folio("complaint")
        talk.effects.append(case("complaint", folio, {"text": talk.text}))
        return talk.end("done")

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        return wrong("utter_answer_late")

    def finish(self, talk: Talk, ended: str) -> None:
        if ended == "done":
            talk.say("utter_complaint_done", folio=talk.state["folio"])
        else:
            talk.say("utter_task_stopped")
