"""Answers two questions of one message."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import entity, language
from actions.labels import topic_label
from actions.tasks.start import TASK_OF_TOPIC
from bot.nlg.catalogue import has_response

QUOTA, QUOTA_FORM = "compute_quota", "quota_form"


class ActionTwoQuestions(Action):
    """Says both answers in a few words and offers more of each.

    The quota is asked for after the other answer; any other topic that needs steps is offered."""

    def name(self) -> str:
        return "action_two_questions"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        topics = [str(entity(tracker, name)) for name in ("topic", "second_topic")]
        quota = QUOTA in topics
        answers = [answer for topic in topics if (answer := _short(topic)) is not None]
        for answer in answers[:-1]:
            dispatcher.utter_message(response=answer)
        buttons = [
            {"title": topic_label(topic, language(tracker)), "payload": f"/{topic}"}
            for topic in [*topics, "talk_to_agent"]
        ]
        last = answers[-1] if answers else "utter_two_questions"
        dispatcher.utter_message(response=last, buttons=[] if quota else buttons)
        return [FollowupAction(QUOTA_FORM)] if quota else []


def _short(topic: str) -> str | None:
    """The shortest answer to a topic; None for what is done in steps."""
    answer = f"utter_{topic}_simple"
    return answer if topic not in TASK_OF_TOPIC and has_response(answer) else None
