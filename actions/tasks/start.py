"""Starts a task, or goes back to one that is under way."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.registration.words import progress
from actions.tasks.form import FORM, end_task
from actions.tasks.talk import Talk
from actions.tasks.tasks import ended_of, step_of, task_of
from bot.programme.registration import RegistrationDraft
from bot.programme.several import read_several
from bot.settings import environment, imss_is_configured

TASK_OF_TOPIC = {
    "register": "registration",
    "resume_registration": "registration",
    "correct_detail": "registration",
    "check_eligibility": "eligibility",
    "request_callback": "callback",
    "complain": "complaint",
    "set_reminder": "reminder",
    "delete_my_data": "erasing",
    "ask_find_clinic": "clinic",
    "enter_link_code": "link",
    "link_code": "link",
}
_NEED_THE_SERVICE = {"registration", "clinic"}
_WITHOUT_SERVICE = {"registration": "utter_register", "clinic": "utter_ask_find_clinic"}


class ActionStartTask(Action):
    """Puts the task of the topic on top of what is under way; it goes on with that afterwards."""

    def name(self) -> str:
        return "action_start_task"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        if (tracker.active_loop or {}).get("name") != FORM:
            talk.stack.clear()  # left over from something that was ended otherwise
        name = _task_meant(talk)
        if name is None:
            talk.say("utter_answer_late")
        elif name in _NEED_THE_SERVICE and not imss_is_configured(environment()):
            talk.say(_WITHOUT_SERVICE[name])
        elif _may_start(talk, name):
            _start(talk, name)
        return [*talk.events(), SlotSet("step_failures", 0.0), SlotSet("step_reply", None)]


def _task_meant(talk: Talk) -> str | None:
    """The task of the topic. An option under the institute's refusal leads back to the data."""
    if talk.intent != "answer":
        return TASK_OF_TOPIC[talk.intent]
    leads_back = talk.option == ("summary", "correct")
    return "registration" if leads_back and talk.record.draft != RegistrationDraft() else None


def _may_start(talk: Talk, name: str) -> bool:
    """Whether there is something to do; says why not otherwise."""
    if name != "registration":
        return True
    record, spoken = talk.record, talk.language
    if record.state == "sent":
        talk.say("utter_registration_under_way")
        return False
    corrects = talk.intent in ("correct_detail", "answer")
    if record.registered is not None and not record.changed and not corrects:
        talk.say("utter_registration_already", folio=record.registered.folio)
        return False
    begun = record.draft != RegistrationDraft()
    if not begun and talk.intent == "resume_registration":
        talk.say("utter_nothing_to_resume")
        return False
    # "quiero registrarme, mi correo es …" gives a datum and corrects none.
    if not begun and talk.intent == "correct_detail" and not read_several(talk.text):
        talk.say("utter_correct_detail")
        return False
    under_way = any(task["task"] == name for task in talk.stack)
    if begun and not under_way and not corrects:
        talk.say("utter_registration_resumed", progress=progress(record, spoken))
    return True


def _start(talk: Talk, name: str) -> None:
    names = [task["task"] for task in talk.stack]
    if name in names:
        del talk.stack[names.index(name) + 1 :]
    else:
        talk.stack.append({"task": name, "state": {}})
        task_of(talk).begin(talk)
    if step_of(talk) is None:
        end_task(talk, ended_of(talk))
