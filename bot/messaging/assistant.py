"""The Rasa agent as the brain uses it: a message and a snapshot in, replies and a snapshot out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model import get_latest_model

from bot.messaging import media_answers, rasa_corrections
from bot.messaging.actions_endpoint import InProcessActions
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.found import CURP
from bot.messaging.reading import read
from bot.messaging.replies_channel import RepliesChannel
from bot.messaging.turn_notes import TurnNote
from bot.messaging.turn_reading import note_of
from bot.messaging.turn_store import EFFECTS, PERSON, TurnStore
from bot.messaging.without_tensorflow import check_components
from bot.nlg.generator import DEFAULT_LANGUAGE, DatedAnswers
from bot.programme.nss import MASKED_SSN

NOTHING_SAID = "utter_clarify_person"
SET_ASIDE = "utter_set_aside"

_BEFORE_THE_WORDS = re.compile(r"^[\s/\u200b-\u200f\u2060\ufeff]+")


class ModelMissingError(Exception):
    """There is no trained model where one was looked for."""


ERRAND_DONE = "errand_done"


@dataclass(frozen=True)
class Turn:
    """What came of a message: the replies, the conversation's new snapshot, what is known of the
    person now, what is to be done outside (bot.messaging.effects says which kinds), and the note of
    what was understood and done."""

    replies: tuple[Reply, ...]
    snapshot: dict[str, Any] = field(repr=False)
    person: dict[str, Any] | None = field(default=None, repr=False)
    effects: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    note: TurnNote | None = field(default=None, repr=False)


class Assistant:
    """Understands and answers, with the actions in this process. Between turns it holds nothing of
    a conversation: only how words are spelled is remembered for a while, whoever wrote them."""

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
        check_components(rasa_corrections.components(processor.graph_runner))
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
        content: Incoming,
        option: Option | None,
        snapshot: dict[str, Any] | None,
        person: dict[str, Any] | None = None,
        desk: dict[str, Any] | None = None,
    ) -> Turn:
        """Answers a message: a text that a person typed, an option that they chose, or an event."""
        output = RepliesChannel(channel, inbox_id)
        content, option = self._beside(output, content, option, snapshot, person)
        if output.replies and not content.text:
            # Nothing else was said: the conversation stands where it was.
            replies = _in_their_language(output.replies, _slots(snapshot))
            return Turn(replies, snapshot or {"events": []}, person)
        message = UserMessage(
            option.title if option else content.text,
            output,
            conversation,
            parse_data=await self._parsed(content, option, snapshot),
            input_channel=channel,
            message_id=str(inbox_id),
        )
        self._store.begin(conversation, snapshot, person, desk)
        try:
            await self._processor.handle_message(message)
            slots = self._store.slots(conversation)
            effects = tuple(slots.get(EFFECTS) or ())
            # An event may have nothing to say, and an errand brings an answer; else whoever wrote
            # gets one.
            if not output.replies and not effects and content.event is None:
                output.add(self._say(NOTHING_SAID, slots, channel))
            note = note_of(
                self._store.events(conversation), content, option, output.replies, person
            )
            after = self._store.end(conversation)
            replies = _in_their_language(output.replies, slots)
            return Turn(replies, after, slots.get(PERSON), effects, note)
        finally:
            self._store.drop(conversation)

    def _beside(
        self,
        output: RepliesChannel,
        content: Incoming,
        option: Option | None,
        snapshot: dict[str, Any] | None,
        person: dict[str, Any] | None,
    ) -> tuple[Incoming, Option | None]:
        """Says what there is to say about what came besides text, or about the answer to that;
        gives what is left to be answered."""
        slots, channel = _slots(snapshot), output.name()
        refused = media_answers.dropped(option)
        if refused:
            output.add(self._say(refused, slots, channel))
            return Incoming(), None
        if option is not None and (meant := media_answers.agreed(option)):
            return meant, None
        content = media_answers.typed(content, person, slots)
        said = media_answers.aside(content, person)
        if said is None:
            return content, option
        output.add(self._say(said.response, slots, channel, **said.given))
        output.replies[-1] = media_answers.with_meaning(output.replies[-1], said.text, option)
        return content, None

    async def _parsed(
        self, content: Incoming, option: Option | None, snapshot: dict[str, Any] | None
    ) -> dict[str, Any]:
        if content.event is not None:
            return _parse_data(content.text, ERRAND_DONE, content.event)
        if option is not None:
            return _parse_data(option.title, option.intent, option.entities)
        parsed = await read(content.text, snapshot, self.parse)
        if content.found and content.found["what"] == CURP:
            parsed["intent"] = {"name": "check_curp", "confidence": 1.0}
        return parsed

    def apology(self, channel: str, inbox_id: int, snapshot: dict[str, Any] | None) -> Reply:
        """What is said about a message that could not be handled."""
        output = RepliesChannel(channel, inbox_id)
        output.add(self._say(SET_ASIDE, _slots(snapshot), channel))
        return _in_their_language(output.replies, _slots(snapshot))[0]

    def _say(
        self, response: str, slots: dict[str, Any], channel: str, **given: str
    ) -> dict[str, Any]:
        said = self._answers.generate_from_slots(response, slots, channel, **given)
        if said is None:
            raise LookupError(f"the domain has no {response}")
        return {**said, "utter_action": response}


def _slots(snapshot: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the conversation's slots were set to last, as its snapshot has them."""
    events = (snapshot or {}).get("events", ())
    return {e["name"]: e["value"] for e in events if e["event"] == "slot"}


def _in_their_language(replies: Iterable[Reply], slots: Mapping[str, Any]) -> tuple[Reply, ...]:
    language = slots.get("language") or DEFAULT_LANGUAGE
    return tuple(replace(reply, language=language) for reply in replies)


def _harmless(text: str) -> str:
    """Rasa reads a text that begins with a slash as a command. What a person types is never one.

    Rasa strips what Python calls white space before it looks, so all of that goes, in any order
    with slashes.
    """
    return _BEFORE_THE_WORDS.sub("", text)


def _parse_data(text: str, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    intent = {"name": name, "confidence": 1.0}
    entities = [{"entity": entity, "value": value} for entity, value in values.items()]
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}
