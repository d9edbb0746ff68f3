"""Erasing what is known of the person: explained, confirmed, then done by an errand."""

from __future__ import annotations

from actions.tasks.talk import Outcome, Talk, wrong
from actions.tasks.task import Task
from bot.people.effects import errand
from bot.programme.field_text import Problem
from bot.programme.yes_no import read_yes_no


class Erasing(Task):
    """Asks once: what is erased does not come back."""

    name = "erasing"

    def next_step(self, talk: Talk) -> str | None:
        return "erase"

    def read(self, talk: Talk, step: str) -> Outcome:
        said = read_yes_no(talk.text)
        if isinstance(said, Problem):
            return wrong("utter_problem_unclear")
        return self.choose(talk, step, "yes" if said else "no")

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        if value != "yes":
            return talk.end("kept")
        talk.effects.append(errand("erase", {}))
        return talk.end("erase")

    def finish(self, talk: Talk, ended: str) -> None:
        talk.say("utter_erasing" if ended == "erase" else "utter_erase_not")
        if ended == "erase":
            del talk.stack[:-1]
