"""Takes how content somebody is, and whether they were spared a call."""

from __future__ import annotations

from typing import Any

from actions.conversation import entity
from actions.requests import Request
from actions.tasks.satisfaction import SLOT, is_busy
from actions.tasks.talk import Talk
from bot.people.effects import satisfaction_score, spared_a_call
from bot.programme.satisfaction import HIGHEST, LOWEST

# With such a score a person is offered.
LOW = 2


class ActionTakeScore(Request):
    """Thanks for the score, and asks whether a call was spared, once. Another tap mends it."""

    def name(self) -> str:
        return "action_take_score"

    def do(self, talk: Talk) -> None:
        asked, score = _asked(talk), _score(talk)
        if asked is None or score is None:
            talk.say("utter_answer_late")
            return
        talk.effects.append(satisfaction_score(asked["task"], score, asked.get("message")))
        message = asked.get("message") or int(talk.tracker.latest_message["message_id"])
        talk.keep(SLOT, {**asked, "message": message})
        if is_busy(talk) or "spared" in asked:
            talk.say("utter_satisfaction_thanks")
        else:
            talk.say("utter_satisfaction_low" if score <= LOW else "utter_satisfaction_spared")


class ActionTakeSpared(Request):
    """Thanks, and asks nothing more."""

    def name(self) -> str:
        return "action_take_spared"

    def do(self, talk: Talk) -> None:
        asked, said = _asked(talk), entity(talk.tracker, "value")
        if asked is None or "message" not in asked or said not in ("yes", "no"):
            talk.say("utter_answer_late")
            return
        talk.effects.append(spared_a_call(asked["message"], said == "yes"))
        talk.keep(SLOT, {**asked, "spared": True})
        talk.say("utter_satisfaction_thanks")


def _asked(talk: Talk) -> dict[str, Any] | None:
    """What was asked about last: the task, the message that had the score, whether the second
    question was answered."""
    asked: dict[str, Any] | None = talk.tracker.get_slot(SLOT)
    return asked


def _score(talk: Talk) -> int | None:
    said = entity(talk.tracker, "value") or ""
    scores = {str(score): score for score in range(LOWEST, HIGHEST + 1)}
    return scores.get(said)
