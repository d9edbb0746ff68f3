"""The one form of all tasks: it takes a message at the step that was asked and asks the next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tasks.satisfaction import ask_satisfaction
from actions.tasks.talk import Outcome, Talk
from actions.tasks.tasks import ended_of, step_of, task_of

FORM, STEP = "task_form", "task_step"
FAILURES_BEFORE_AN_EXAMPLE, FAILURES_BEFORE_A_PERSON = 2, 3
ASK, SILENT = "ask", "silent"


class ValidateTaskForm(FormValidationAction):
    """Takes what a message says at the step that was asked."""

    def name(self) -> str:
        return "validate_task_form"

    async def required_slots(
        self, domain_slots: Any, dispatcher: Any, tracker: Tracker, domain: Any
    ) -> list[str]:
        return [STEP]

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if not _is_unread(tracker):
            return []
        talk = Talk(tracker, dispatcher)
        step = step_of(talk)
        if step is None:
            return []
        outcome = task_of(talk).take(talk, step)
        if outcome.kind == "aside":
            return []
        for response, given in outcome.says:
            talk.say(response, **given)
        return [*talk.events(), *self._counted(tracker, outcome)]

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
        left = step_of(Talk(tracker, dispatcher))
        return SlotSet("requested_slot", None if left is None else STEP)

    @staticmethod
    def _counted(tracker: Tracker, outcome: Outcome) -> list[EventType]:
        failures = float(tracker.get_slot("step_failures") or 0)
        if outcome.kind == "wrong":
            failures += 1
        elif outcome.kind == "taken":
            failures = 0.0
        reply = ASK if outcome.kind == "taken" else SILENT
        return [SlotSet("step_failures", failures), SlotSet("step_reply", reply)]


class ActionAskTaskStep(Action):
    """Asks for the step; after failures gives an example, then offers a person."""

    def name(self) -> str:
        return "action_ask_task_step"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        step = step_of(talk)
        if step is None:
            return []
        task, failures = task_of(talk), float(tracker.get_slot("step_failures") or 0)
        if not _is_silent(tracker):
            task.ask(talk, step)
        elif failures >= FAILURES_BEFORE_A_PERSON:
            talk.say("utter_step_person")
        elif failures >= FAILURES_BEFORE_AN_EXAMPLE:
            task.explain(talk, step)
        elif failures and task.has_options(step):
            task.ask(talk, step)
        return []


class ActionTaskDone(Action):
    """Ends the task that is over, and goes on with the one that it had interrupted."""

    def name(self) -> str:
        return "action_task_done"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        if not talk.stack:
            return []
        end_task(talk, ended_of(talk))
        again: list[EventType] = [FollowupAction(FORM)] if talk.stack else []
        return [*talk.events(), SlotSet("step_failures", 0.0), *again]


class ActionTaskStopped(Action):
    """The person does not want to go on: what was given is kept where that is possible."""

    def name(self) -> str:
        return "action_task_stopped"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        if talk.stack:
            end_task(talk, "later")
        talk.stack.clear()
        return [*talk.events(), SlotSet("step_failures", 0.0)]


class ActionLeaveTasks(Action):
    """Leaves what was under way without a word: something weightier is said."""

    def name(self) -> str:
        return "action_leave_tasks"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        return [SlotSet("tasks", []), SlotSet("step_failures", 0.0)]


class ActionWhyNeeded(Action):
    """Says why the step is asked."""

    def name(self) -> str:
        return "action_why_needed"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        step = step_of(talk)
        if step is None:
            talk.say("utter_ask_why_needed")
        else:
            task_of(talk).why(talk, step)
        return []


def end_task(talk: Talk, ended: str) -> None:
    """Takes the task from the stack and lets it say what comes at the end."""
    task = task_of(talk)
    task.finish(talk, ended)
    talk.stack.pop()
    if task.rated and ended == "done":
        ask_satisfaction(talk, task.name)


def _is_unread(tracker: Tracker) -> bool:
    """Whether nothing was done with the message yet. After an answer in between, or when a task
    begins, the form comes with a message that was read already."""
    done = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        # Rasa shows the form itself as the last action.
        done += event.get("event") == "action" and event.get("name") != FORM
    return done == 0


def _is_silent(tracker: Tracker) -> bool:
    """Whether this message was answered in a way after which the step is not asked again."""
    for event in reversed(tracker.events):
        if event.get("event") == "slot" and event.get("name") == "step_reply":
            return bool(event.get("value") == SILENT)
        if event.get("event") == "user":
            return False
    return False
