"""The Rasa agent as the brain uses it: a message and a snapshot in, replies and a snapshot out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model import get_latest_model

from bot.messaging import rasa_corrections
from bot.messaging.actions_endpoint import InProcessActions
from bot.messaging.contents import Option, Reply
from bot.messaging.replies_channel import RepliesChannel
from bot.messaging.turn_store import TurnStore
from bot.nlg.generator import DatedAnswers
from bot.programme.nss import MASKED_SSN

NOTHING_SAID = "utter_clarify_person"
SET_ASIDE = "utter_set_aside"

_BEFORE_THE_WORDS = re.compile(r"^[\s/\u200b-\u200f\u2060\ufeff]+")


class ModelMissingError(Exception):
    """There is no trained model where one was looked for."""


@dataclass(frozen=True)
class Turn:
    """What came of a message: the replies and the conversation's new snapshot."""

    replies: tuple[Reply, ...]
    snapshot: dict[str, Any]


class Assistant:
    """Understands and answers, with the actions in this process. Holds nothing of a conversation
    between turns."""

    def __init__(self, model: Path) -> None:
        path = model if model.is_file() else get_latest_model(str(model))
        if not path or not Path(path).is_file():
            raise ModelMissingError(f"No trained model at {model}. `make train` makes one.")
        rasa_corrections.apply()
        self._store = TurnStore()
        self._answers = DatedAnswers()
        agent = Agent.load(
            str(path),
            generator=self._answers,
            tracker_store=self._store,
            action_endpoint=InProcessActions(),
        )
        processor = agent.processor
        if processor is None:
            raise ModelMissingError(f"The model at {path} cannot be loaded.")
        self._processor = processor
        # Rasa puts a store around ours which hides its errors and goes on without the
        # conversation's state.
        self._processor.tracker_store = self._store
        self.model = Path(path).name

    async def parse(self, text: str) -> dict[str, Any]:
        """What the models make of a text that a person typed; it is never a command."""
        parsed: dict[str, Any] = await self._processor.parse_message(UserMessage(_harmless(text)))
        if MASKED_SSN in text:
            # Whatever else is said: somebody gave a US number, and is to be told not to.
            parsed["intent"] = {"name": "check_nss", "confidence": 1.0}
        return parsed

    async def turn(
        self,
        conversation: str,
        channel: str,
        inbox_id: int,
        text: str,
        option: Option | None,
        snapshot: dict[str, Any] | None,
    ) -> Turn:
        """Answers a message: a text that a person typed, or an option that they chose."""
        output = RepliesChannel(channel, inbox_id)
        message = UserMessage(
            option.title if option else text,
            output,
            conversation,
            parse_data=_parse_data(option) if option else await self.parse(text),
            input_channel=channel,
            message_id=str(inbox_id),
        )
        self._store.begin(conversation, snapshot)
        try:
            await self._processor.handle_message(message)
            if not output.replies:
                output.add(self._say(NOTHING_SAID, self._store.slots(conversation), channel))
            return Turn(tuple(output.replies), self._store.end(conversation))
        finally:
            self._store.drop(conversation)

    def apology(self, channel: str, inbox_id: int, snapshot: dict[str, Any] | None) -> Reply:
        """What is said about a message that could not be handled."""
        slots = {
            e["name"]: e["value"]
            for e in (snapshot or {}).get("events", ())
            if e["event"] == "slot"
        }
        output = RepliesChannel(channel, inbox_id)
        output.add(self._say(SET_ASIDE, slots, channel))
        return output.replies[0]

    def _say(self, response: str, slots: dict[str, Any], channel: str) -> dict[str, Any]:
        said = self._answers.generate_from_slots(response, slots, channel)
        if said is None:
            raise LookupError(f"the domain has no {response}")
        return {**said, "utter_action": response}


def _harmless(text: str) -> str:
    """Rasa reads a text that begins with a slash as a command. What a person types is never one.

    Rasa strips what Python calls white space before it looks, so all of that goes, in any order
    with slashes.
    """
    return _BEFORE_THE_WORDS.sub("", text)


def _parse_data(option: Option) -> dict[str, Any]:
    intent = {"name": option.intent, "confidence": 1.0}
    entities = [{"entity": name, "value": value} for name, value in option.entities.items()]
    return {
        "text": option.title,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": entities,
    }
