"""Actions that steer: details, repeat, clarify, start over."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import entity, language, last_answer
from actions.labels import topic_label
from bot.nlg.catalogue import has_response

OFFERED_TOPICS = 3
NEVER_OFFERED = {"out_of_scope", "affirm", "deny", "insult", "nlu_fallback"}
MORE = "_more"


class ActionMoreDetails(Action):
    """Says more on the topic of the option: after `_more` comes `_more2`."""

    def name(self) -> str:
        return "action_more_details"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        topic = entity(tracker, "topic") or ""
        response = f"utter_{topic}2" if topic.endswith(MORE) else f"utter_{topic}{MORE}"
        dispatcher.utter_message(response=response if has_response(response) else "utter_more_none")
        return []


class ActionRepeat(Action):
    """Says the last answer again, in its simplest words where it has such a version."""

    def name(self) -> str:
        return "action_repeat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        answer = last_answer(tracker)
        if answer is None:
            dispatcher.utter_message(response="utter_ask_repeat_nothing")
            return []
        simple = f"{answer.removesuffix(MORE)}_simple"
        if has_response(simple):
            dispatcher.utter_message(response="utter_ask_repeat_lead")
            dispatcher.utter_message(response=simple)
        else:
            dispatcher.utter_message(response=answer)
        return []


class ActionClarify(Action):
    """Offers the likeliest topics; where that was done a message ago, a person."""

    def name(self) -> str:
        return "action_clarify"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        topics = [t for t in _ranked_topics(tracker) if t not in NEVER_OFFERED][:OFFERED_TOPICS]
        if last_answer(tracker) == "utter_clarify" or not topics:
            dispatcher.utter_message(response="utter_clarify_person")
            return []
        offered = [
            *(t for t in topics if t not in ("ask_menu", "talk_to_agent")),
            "something_else",
            "talk_to_agent",
        ]
        payloads = {"something_else": "/ask_menu"}
        buttons = [
            {"title": topic_label(t, language(tracker)), "payload": payloads.get(t, f"/{t}")}
            for t in offered
        ]
        dispatcher.utter_message(response="utter_clarify", buttons=buttons)
        return []


class ActionStartOver(Action):
    """Forgets what was asked and given in this conversation, except the language."""

    def name(self) -> str:
        return "action_start_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        forgotten = (
            name for name in tracker.slots if name not in ("language", "session_started_metadata")
        )
        return [ActiveLoop(None), *(SlotSet(name, None) for name in forgotten)]


def _ranked_topics(tracker: Tracker) -> list[str]:
    ranking = tracker.latest_message.get("intent_ranking") or []
    return [str(ranked["name"]) for ranked in ranking]
