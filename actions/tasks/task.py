"""What a task is: steps that are asked one at a time."""

from __future__ import annotations

from actions.labels import examples
from actions.tasks.aside import is_about_something_else
from actions.tasks.talk import Outcome, Talk, wrong
from bot.nlg.catalogue import variant

LATER, ANY_STEP = "later", "any"


class Task:
    """Something that is done with a person step by step. Its state is in the talk, not here."""

    name: str
    # Steps whose answer is in the person's own words, so that hardly anything can be told from it.
    own_words: frozenset[str] = frozenset()
    # Whether people are asked how content they are once it is done. What only leads to another
    # question is not over for them.
    rated = False

    def begin(self, talk: Talk) -> None:
        """Takes what the message that began it says."""

    def next_step(self, talk: Talk) -> str | None:
        """The step to ask for; None where there is nothing left to ask."""
        raise NotImplementedError

    def ask(self, talk: Talk, step: str) -> None:
        """Asks for the step."""
        talk.say(f"utter_step_{step}")

    def explain(self, talk: Talk, step: str) -> None:
        """Says how the step is answered, with an example."""
        talk.say(f"utter_example_{step}", **examples(talk.language))

    def why(self, talk: Talk, step: str) -> None:
        """Says why the step is asked."""
        talk.say(f"utter_why_{step}")

    def has_options(self, step: str) -> bool:
        """Whether the step is answered by choosing."""
        buttons = variant(f"utter_step_{step}", "es").get("buttons", ())
        return any(button["payload"].startswith("/answer") for button in buttons)

    def read(self, talk: Talk, step: str) -> Outcome:
        """Takes an answer in words."""
        raise NotImplementedError

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        """Takes an option of the step that is asked for."""
        raise NotImplementedError

    def choose_other(self, talk: Talk, step: str, value: str) -> Outcome:
        """Takes an option of another step, offered earlier."""
        return wrong("utter_answer_late")

    def finish(self, talk: Talk, ended: str) -> None:
        """Says and does what comes at the end. `ended`: done, later, or a word of the task's."""

    def take(self, talk: Talk, step: str) -> Outcome:
        """Takes a message at a step."""
        option = talk.option
        if option is not None:
            return self._take_option(talk, step, *option)
        if is_about_something_else(talk, own_words=step in self.own_words):
            return Outcome("aside")
        outcome = self.read(talk, step)
        unread = outcome.kind == "wrong" and outcome.blank and step not in self.own_words
        if unread and is_about_something_else(talk, own_words=False, unread=True):
            return Outcome("aside")
        return outcome

    def _take_option(self, talk: Talk, step: str, of: str, value: str) -> Outcome:
        if not of:
            return Outcome("aside")
        if value == LATER:
            return talk.end(LATER)
        if of in (step, ANY_STEP):
            return self.choose(talk, step, value)
        return self.choose_other(talk, of, value)
