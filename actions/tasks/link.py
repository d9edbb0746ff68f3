"""Entering the code that was given in another channel."""

from __future__ import annotations

import re

from actions.tasks.talk import Outcome, Talk, wrong
from actions.tasks.task import Task
from bot.people.effects import CHARACTERS, CODE_LENGTH, errand

_CODE = re.compile(rf"(?<![A-Z0-9])(?:[{CHARACTERS}][\s-]?){{{CODE_LENGTH}}}(?![A-Z0-9])")


class Link(Task):
    """Takes a code; whether it is good is found out in the transaction that uses it up."""

    name = "link"

    def begin(self, talk: Talk) -> None:
        self.read(talk, "link_code")

    def next_step(self, talk: Talk) -> str | None:
        return "link_code"

    def ask(self, talk: Talk, step: str) -> None:
        talk.say(f"utter_step_{step}", link_code_length=str(CODE_LENGTH))

    def read(self, talk: Talk, step: str) -> Outcome:
        found = _CODE.search(talk.text.upper())
        if found is None:
            return wrong("utter_problem_unclear")
        code = re.sub(r"[\s-]", "", found[0])
        talk.effects.append(errand("link", {"code": code}))
        return talk.end("entered")

    def explain(self, talk: Talk, step: str) -> None:
        talk.say(f"utter_example_{step}", link_code_length=str(CODE_LENGTH))

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        return wrong("utter_answer_late")

    def finish(self, talk: Talk, ended: str) -> None:
        if ended != "entered":
            talk.say("utter_task_stopped")
