"""What is said about what people send besides text, and what a yes to that stands for.

Most of it changes nothing in the conversation: a task stays where it was. Words that were heard,
and a CURP that was read, become the message itself, at once or when the person says that they are
right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.found import CURP, NOTHING, TRANSCRIPT, curp
from bot.people.record import PersonRecord
from bot.people.steps import next_step
from bot.programme.curp import check_curp
from bot.programme.masking import mask_curp
from bot.programme.yes_no import read_yes_no

# Options: what was heard or read is right and counts as typed (it is the option's value), or not.
USE, DROP, VALUE = "use_text", "drop_text", "value"
_DROPPED = {"voice": "utter_voice_again", "curp": "utter_curp_not_yours"}
_OF_KIND = {
    "location": "utter_location_received",
    "contact": "utter_contact_received",
    "sticker": "utter_sticker_received",
}
_UNREAD = {
    "voice": "utter_voice_not_read",
    "photo": "utter_media_not_fetched",
    "document": "utter_media_not_fetched",
}
_WHY = {
    "no_curp": "utter_picture_without_curp",
    "several_curps": "utter_picture_with_several_curps",
    "not_heard": "utter_voice_again",
    "no_service": "utter_voice_not_read",
    "too_large": "utter_media_too_large",
    "type": "utter_media_of_another_type",
    "not_fetched": "utter_media_not_fetched",
}
NOT_READ = "utter_media_not_read"


@dataclass(frozen=True)
class Aside:
    """A response beside the conversation, and the text that its yes stands for, if it asks."""

    response: str
    given: dict[str, str] = field(default_factory=dict, repr=False)
    text: str | None = field(default=None, repr=False)


def typed(
    content: Incoming, person: Mapping[str, Any] | None, slots: Mapping[str, Any]
) -> Incoming:
    """The message as if it had been typed, where it has a CURP and just that is asked for: the
    registration asks by itself whether the CURP is right."""
    found = content.found or {}
    if content.media is None or found.get("what") != CURP or not _asks_for_curp(person, slots):
        return content
    text = "\n".join(part for part in (content.text, found["curp"]) if part)
    return Incoming(text, found=found)


def aside(content: Incoming, person: Mapping[str, Any] | None) -> Aside | None:
    """What is said about what came with a message; None where it is no more than its text."""
    if content.media is None:
        return None
    if content.media in _OF_KIND:
        return Aside(_OF_KIND[content.media])
    found = content.found
    if found is None:
        return Aside(_UNREAD.get(content.media, NOT_READ))
    if found["what"] == TRANSCRIPT:
        text = found.get("text", "")
        return None if found["sure"] else Aside("utter_voice_heard", {"heard": text}, text)
    if found["what"] == NOTHING:
        return Aside(_WHY.get(found["why"], NOT_READ))
    return _about_curp(found["curp"], person)


def _about_curp(key: str, person: Mapping[str, Any] | None) -> Aside:
    given = PersonRecord.from_json(person).draft.curp
    if given is None:
        return Aside("utter_curp_read", {"curp_masked": mask_curp(key)}, key)
    return Aside("utter_curp_known_already" if given == key else "utter_curp_of_another")


def _asks_for_curp(person: Mapping[str, Any] | None, slots: Mapping[str, Any]) -> bool:
    tasks = slots.get("tasks") or ()
    if not tasks or tasks[-1]["task"] != "registration" or "ended" in tasks[-1]["state"]:
        return False
    return next_step(PersonRecord.from_json(person), tasks[-1]["state"]) == "curp"


def with_meaning(reply: Reply, text: str | None, chosen: Option | None) -> Reply:
    """The reply, whose yes stands for a text; or for an option that the text named among those that
    were offered before."""

    def meant(option: Option) -> Option:
        if option.intent != USE:
            return option
        if chosen is not None:
            return replace(option, intent=chosen.intent, entities=chosen.entities)
        return replace(option, entities={VALUE: text})

    return replace(reply, options=tuple(meant(option) for option in reply.options))


def agreed(option: Option) -> Incoming | None:
    """The message that a yes stands for; None for any other option."""
    if option.intent != USE:
        return None
    text = str(option.entities.get(VALUE, ""))
    return Incoming(text, found=curp(text) if check_curp(text).valid else None)


def dropped(option: Option | None) -> str | None:
    """The response to a no; None for any other option."""
    if option is None or option.intent != DROP:
        return None
    return _DROPPED.get(str(option.entities.get(VALUE)), NOT_READ)


def words_of(content: Incoming) -> str:
    """What was typed, or what was heard, also where it is not certain."""
    found = content.found or {}
    return content.text or (found.get("text", "") if found.get("what") == TRANSCRIPT else "")


def confirmed_in(text: str, replies: Sequence[Reply]) -> Option | None:
    """The yes or the no that a text says to what was read back."""
    offered = [option for reply in replies for option in reply.options]
    no = next((option for option in offered if option.intent == DROP), None)
    if no is None:
        return None
    said = read_yes_no(text)
    yes = offered[offered.index(no) - 1]
    return {True: yes, False: no}.get(said) if isinstance(said, bool) else None
