"""How a call goes on: what was said or pressed, what is answered, what is said when nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from bot.channels.handoff.requests import topics
from bot.channels.voice.rest import RestByMessage
from bot.channels.voice.script import PAUSE_SECONDS, Script, Spoken
from bot.channels.voice.sentences import OTHER, begins_as, longest_start, sentence, written
from bot.channels.voice.spoken import spoken
from bot.messaging.calls import Call, Calls
from bot.messaging.contents import Reply

# So long a request is held before the caller hears the line again.
HOLD_SECONDS, LOOK_SECONDS = 2.0, 0.1
UNHEARD_BEFORE_A_PERSON, UNHEARD_BEFORE_THE_END = 3, 5
PERSON_KEY, MESSAGE_KEY, LANGUAGE_KEYS = "0", "1", ("9", "*")

Next = tuple[Call, str]
"""Where the call stands then, and what Twilio is told."""


@dataclass(frozen=True)
class Heard:
    """What came of listening: a key, or words; neither is silence. `unclear`: there were words that
    could not be made out."""

    key: str = ""
    words: str = ""
    unclear: bool = False


@dataclass(frozen=True)
class Dialogue:
    """Leads calls. Nothing of a call is held here between requests."""

    calls: Calls
    script: Script
    rest: RestByMessage
    wait_seconds: float

    def welcome(self, call: Call) -> Next:
        """The beginning of a call."""
        spoken_now = call.state.language
        other = OTHER[spoken_now]
        texts = [
            (sentence("welcome", spoken_now), spoken_now),
            (sentence("other_language", other), other),
        ]
        return call, self.script.listen(texts, spoken_now, 1)

    async def go_on(self, call: Call, step: int, heard: Heard) -> Next:
        """After the caller was listened to."""
        if heard.key == PERSON_KEY:
            return self._transfer(call, step)
        if heard.key == MESSAGE_KEY:
            told = await run_in_threadpool(self.rest.send, call, step)
            return self._listen(call.now(unheard=0), told, step)
        if heard.key in LANGUAGE_KEYS:
            language = OTHER[call.state.language]
            call = call.now(language=language)
            return await self._ask(call, step, written()["asked_for"][language])
        if heard.words and not heard.unclear:
            return await self._ask(call, step, heard.words)
        return self._unheard(call, step, unclear=heard.unclear or bool(heard.key))

    async def wait(self, call: Call, step: int, times: int) -> Next:
        """Tells the answer, where there is one; after a while that it takes long."""
        is_ready = await self._is_ready(call)
        over = times * (HOLD_SECONDS + PAUSE_SECONDS) >= self.wait_seconds
        if not (is_ready or over):
            moment = [self._in_words(call, "moment")] if times == 0 else []
            return call, self.script.wait(moment, step, times + 1)
        replies, then = await run_in_threadpool(self.calls.unread, call)
        if replies:
            return self._answer(then, replies, step)
        return self._listen(call, sentence("late", call.state.language), step)

    def dialled(self, call: Call, step: int, status: str) -> Next:
        """After a transfer."""
        if status in ("completed", "answered"):
            return call, self.script.hang_up([])
        return self._listen(call, sentence("not_reached", call.state.language), step)

    async def _ask(self, call: Call, step: int, words: str) -> Next:
        await run_in_threadpool(self.calls.hear, call, str(step), words)
        return await self.wait(call.now(unheard=0), step, 0)

    async def _is_ready(self, call: Call) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + min(HOLD_SECONDS, self.wait_seconds)
        while await run_in_threadpool(self.calls.is_waiting, call):
            if loop.time() >= until:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def _answer(self, call: Call, replies: Sequence[Reply], step: int) -> Next:
        if any(begins_as(reply.answer, "person") for reply in replies):
            return self._transfer(call, step)
        language = call.state.language
        text = spoken(replies, language)
        if begins_as(replies[-1].answer, "end"):
            return call, self.script.hang_up([(text, language)])
        call = call.now(topic=_topic(replies) or call.state.topic)
        if begins_as(replies[-1].answer, "questions"):
            return self._listen(call, text, step)
        tail = sentence("anything_else" if call.state.explained else "keys", language)
        return self._listen(call.now(explained=True), f"{text} {tail}".strip(), step)

    def _unheard(self, call: Call, step: int, unclear: bool) -> Next:
        count = call.state.unheard + 1
        call = call.now(unheard=count)
        if count >= UNHEARD_BEFORE_THE_END:
            return call, self.script.hang_up([self._in_words(call, "goodbye")])
        offers = count >= UNHEARD_BEFORE_A_PERSON
        name = "offer_person" if offers else "unclear" if unclear else "silence"
        return self._listen(call, sentence(name, call.state.language), step)

    def _transfer(self, call: Call, step: int) -> Next:
        return call, self.script.transfer([self._in_words(call, "transfer")], step)

    def _listen(self, call: Call, text: str, step: int) -> Next:
        language = call.state.language
        return call, self.script.listen([(text, language)], language, step + 1)

    @staticmethod
    def _in_words(call: Call, name: str) -> Spoken:
        return sentence(name, call.state.language), call.state.language


def _topic(replies: Sequence[Reply]) -> str:
    """What the last answer that has a topic was about."""
    for reply in reversed(replies):
        named = (reply.answer or "").removeprefix("utter_").removesuffix("_simple")
        if named in topics():
            return named
        start = longest_start(reply.answer, written()["topics"])
        if start:
            return str(written()["topics"][start])
    return ""
