"""Reads a message in its place: after the topic before, and with both of its questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.nlu.context import is_subject, read_after, topic_of
from bot.nlu.normaliser import fold
from bot.nlu.questions import asked_for, questions_in, without_greeting

TWO_QUESTIONS = "two_questions"
FIRST, SECOND = "topic", "second_topic"
NOT_UNDERSTOOD, OUT_OF_SCOPE = "nlu_fallback", "out_of_scope"
# How sure both questions must be: an answer to a question that nobody asked costs more than the
# second question asked again.
SURE = 0.65
# Whatever else such a message says, this is answered first, and alone.
_ALONE = {"distress", "insult", "opt_out", "delete_my_data", "talk_to_agent"}
_ALONE_FROM = 0.8
_MAY_HIDE_MORE = {"greet", "thank", "goodbye", NOT_UNDERSTOOD}
# What is said beside a greeting may be a courtesy that no list has ("gracias, mijo"): a few words
# must be certain, and nobody who was kind is told that it is not our business.
_WORDS_OF_A_QUESTION = 4
_REFUSED_FROM = 0.8

Parsed = dict[str, Any]
Parse = Callable[[str], Awaitable[Parsed]]


async def read(text: str, snapshot: Mapping[str, Any] | None, parse: Parse) -> Parsed:
    """What a message means in its conversation. While something is asked step by step, that
    decides: the message is read as it stands, but for a greeting."""
    events = (snapshot or {}).get("events", ())
    parsed = await parse(text)
    if not _is_asking(events):
        topics = read_after(text, topic_before(events))
        if topics:
            return _meant(parsed, topics)
        asked = await _two_questions(text, parsed, parse)
        if asked:
            return _with(parsed, TWO_QUESTIONS, {FIRST: asked[0], SECOND: asked[1]})
    if parsed["intent"]["name"] in _MAY_HIDE_MORE:
        return await _beyond_the_greeting(text, parsed, parse)
    return parsed


def topic_before(events: Sequence[Mapping[str, Any]]) -> str | None:
    """The topic that the conversation is at: of what was said last, or asked last."""
    for event in reversed(events):
        if event["event"] == "bot":
            topic = topic_of(str((event.get("metadata") or {}).get("utter_action") or ""))
            if topic:
                return topic
        if event["event"] == "user":
            name = event["parse_data"].get("intent", {}).get("name") or ""
            if is_subject(name):
                return str(name)
    return None


def _is_asking(events: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a form is under way."""
    loops = [event for event in events if event["event"] == "active_loop"]
    return bool(loops and loops[-1].get("name"))


async def _two_questions(text: str, parsed: Parsed, parse: Parse) -> tuple[str, str] | None:
    """The first two topics that a message asks about; None where it asks about one."""
    if parsed["intent"]["name"] in _ALONE and parsed["intent"]["confidence"] >= _ALONE_FROM:
        return None
    questions = questions_in(text)
    if len(questions) < 2:
        return None
    topics, kin = asked_for()
    found: list[str] = []
    for question in questions:
        after = read_after(question, found[-1] if found else None)
        if len(after) == 1:
            topic, sure = after[0], True
        else:
            intent = (await parse(question))["intent"]
            topic, sure = str(intent["name"]), float(intent["confidence"]) >= SURE
        if topic in _ALONE and sure:
            return None
        new = topic not in found and not any(frozenset((topic, one)) in kin for one in found)
        if sure and topic in topics and new:
            found.append(topic)
    return (found[0], found[1]) if len(found) > 1 else None


async def _beyond_the_greeting(text: str, parsed: Parsed, parse: Parse) -> Parsed:
    """ "Hola buenas tardes, ¿cuánto cuesta?" is no greeting: what is understood without it is
    meant."""
    rest = without_greeting(text)
    words = len(rest.split())
    fewest = 1 if parsed["intent"]["name"] == "greet" else 2
    if words < fewest or rest == fold(text):
        return parsed
    asked = await parse(rest)
    name, confidence = asked["intent"]["name"], asked["intent"]["confidence"]
    sure = words >= _WORDS_OF_A_QUESTION or confidence >= SURE
    if name == OUT_OF_SCOPE:
        sure = words >= _WORDS_OF_A_QUESTION and confidence >= _REFUSED_FROM
    return {**asked, "text": parsed["text"]} if sure and name not in _MAY_HIDE_MORE else parsed


def _meant(parsed: Parsed, topics: Sequence[str]) -> Parsed:
    """The message as one about the topic; where it may be about several, they are offered."""
    if len(topics) == 1:
        return _with(parsed, topics[0], {})
    offered = [{"name": topic, "confidence": 1 / len(topics)} for topic in topics]
    return {
        **parsed,
        "intent": {"name": NOT_UNDERSTOOD, "confidence": offered[0]["confidence"]},
        "intent_ranking": offered,
    }


def _with(parsed: Parsed, name: str, entities: Mapping[str, str]) -> Parsed:
    intent = {"name": name, "confidence": 1.0}
    added = [{"entity": entity, "value": value} for entity, value in entities.items()]
    ranking = [one for one in parsed.get("intent_ranking", ()) if one["name"] != name]
    return {
        **parsed,
        "intent": intent,
        "intent_ranking": [intent, *ranking],
        "entities": [*parsed.get("entities", ()), *added],
    }
