"""Actions that steer: details, repeat, clarify, start over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Said, entity, language, last_answer
from actions.labels import is_topic, topic_label
from bot.nlg.catalogue import PLACEHOLDER, has_response, variant

OFFERED_AT_LEAST, OFFERED_AT_MOST = 2, 3
LIKELY = 0.05
# Nobody who was not understood meant to be offered these.
NEVER_OFFERED = {
    *("greet", "goodbye", "thank", "affirm", "deny", "insult", "out_of_scope", "opt_in"),
    *("ask_repeat", "dont_have_it", "stop_task", "switch_language"),
    # stand at the end of every list
    *("ask_menu", "talk_to_agent"),
}
MORE = "_more"
SIMPLE = "_simple"
# Versions of an answer that have their simple words in common.
_SAME_IN_SIMPLE_WORDS = re.compile(r"_(?:more2?|provisional)$")


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
    """Says the last answer again, in its simplest words where it has such a version; offers a
    person where those were not understood."""

    def name(self) -> str:
        return "action_repeat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        said = last_answer(tracker)
        if said is None:
            dispatcher.utter_message(response="utter_ask_repeat_nothing")
        elif said.response.endswith(SIMPLE):
            dispatcher.utter_message(response="utter_ask_repeat_person")
        else:
            _say_again(dispatcher, said, language(tracker))
        return []


class ActionClarify(Action):
    """Offers the likeliest topics; where that was done a message ago, a person."""

    def name(self) -> str:
        return "action_clarify"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        topics = _likely_topics(tracker)
        said = last_answer(tracker)
        if not topics or (said is not None and said.response == "utter_clarify"):
            dispatcher.utter_message(response="utter_clarify_person")
            return []
        offered = [*topics, "something_else", "talk_to_agent"]
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
            name
            for name in tracker.slots
            if name not in ("language", "session_started_metadata", "person", "effects", "desk")
        )
        return [ActiveLoop(None), *(SlotSet(name, None) for name in forgotten)]


def _say_again(dispatcher: CollectingDispatcher, said: Said, spoken: str) -> None:
    written = variant(said.response, spoken).get("buttons", [])
    added = [option for option in said.options if option["payload"] not in _payloads(written)]
    simple = f"{_SAME_IN_SIMPLE_WORDS.sub('', said.response)}{SIMPLE}"
    if has_response(simple):
        dispatcher.utter_message(response="utter_ask_repeat_lead")
        dispatcher.utter_message(
            response=simple, buttons=[*written, *added], **_given(simple, spoken, said)
        )
    else:
        dispatcher.utter_message(
            response=said.response, buttons=added, **_given(said.response, spoken, said)
        )


def _given(response: str, spoken: str, said: Said) -> dict[str, Any]:
    """What an action gave to the answer and the response needs again."""
    needed = PLACEHOLDER.findall(variant(response, spoken)["text"])
    return {name: said.given[name] for name in needed if name in said.given}


def _payloads(options: Sequence[dict[str, str]]) -> set[str]:
    return {option["payload"] for option in options}


def _likely_topics(tracker: Tracker) -> list[str]:
    """The topics that may be offered, the likeliest first."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    may_be_offered = [
        ranked
        for ranked in ranking
        if is_topic(ranked["name"]) and ranked["name"] not in NEVER_OFFERED
    ]
    return [
        ranked["name"]
        for place, ranked in enumerate(may_be_offered[:OFFERED_AT_MOST])
        if place < OFFERED_AT_LEAST or ranked["confidence"] >= LIKELY
    ]
