"""POST /webhooks/twilio/voice and below: a call, step by step. Each step is done once, and told the
same however often Twilio asks for it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.twilio.signature import Fields, Signature
from bot.channels.twilio.signed_form import signed_fields
from bot.channels.typed_text import readable
from bot.channels.voice.dialogue import Dialogue, Heard, Next
from bot.channels.voice.script import DIALLED_PATH, PATH, SAID_PATH, WAIT_PATH
from bot.messaging.calls import Call, Calls

log = logging.getLogger(__name__)

LONGEST_WORDS = 1000
# Below this the recogniser guesses.
LEAST_CONFIDENCE = 0.3
_CALL = re.compile(r"[A-Za-z0-9]{2,64}")
_STEP = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What Twilio writes where the caller's number is hidden.
_NO_NUMBERS = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}

Work = Callable[[Call, Fields, int, int], Awaitable[Next]]


@dataclass(frozen=True)
class VoiceWebhooks:
    """Takes what Twilio signed. Errors of the database are answered by the gateway, with 503."""

    signature: Signature
    calls: Calls
    dialogue: Dialogue

    def routes(self) -> list[Route]:
        """The four routes."""
        works: dict[str, Work] = {
            PATH: self._begin,
            SAID_PATH: self._said,
            WAIT_PATH: self._waited,
            DIALLED_PATH: self._dialled,
        }
        return [
            Route(path, self._step(path, work), methods=["POST"]) for path, work in works.items()
        ]

    def _step(self, path: str, work: Work) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            fields = await signed_fields(request, self.signature)
            if isinstance(fields, Response):
                return fields
            call_id = fields.first("CallSid")
            step = request.query_params.get("step", "0")
            times = request.query_params.get("times", "0")
            named = (_CALL.fullmatch(call_id), _STEP.fullmatch(step), _STEP.fullmatch(times))
            if not all(named):
                log.error("a step of a call cannot be told")
                return PlainTextResponse("Unprocessable Content", 422)
            name = f"{path.rpartition('/')[2]}-{step}.{times}"
            told = await run_in_threadpool(self.calls.told, call_id, name)
            if told is None:
                call = await run_in_threadpool(self.calls.open, call_id, _number(fields))
                then, twiml = await work(call, fields, int(step), int(times))
                told = await run_in_threadpool(self.calls.tell, then, name, twiml)
            return Response(told, media_type="text/xml")

        return answer

    async def _begin(self, call: Call, _fields: Fields, _step: int, _times: int) -> Next:
        await run_in_threadpool(self.calls.forget_old)
        return self.dialogue.welcome(call)

    async def _said(self, call: Call, fields: Fields, step: int, _times: int) -> Next:
        return await self.dialogue.go_on(call, step, _heard(fields))

    async def _waited(self, call: Call, _fields: Fields, step: int, times: int) -> Next:
        return await self.dialogue.wait(call, step, times)

    async def _dialled(self, call: Call, fields: Fields, step: int, _times: int) -> Next:
        return self.dialogue.dialled(call, step, fields.first("DialCallStatus"))


def _number(fields: Fields) -> str:
    """The caller's number, where a message could go there."""
    number = fields.first("From").strip()
    return number if _NUMBER.fullmatch(number) and number not in _NO_NUMBERS else ""


def _heard(fields: Fields) -> Heard:
    key = fields.first("Digits").strip()[:1]
    words = readable(fields.first("SpeechResult"))[:LONGEST_WORDS]
    return Heard(key, words, bool(words) and _confidence(fields) < LEAST_CONFIDENCE)


def _confidence(fields: Fields) -> float:
    """How sure the recogniser is; where it does not say, it is believed."""
    try:
        return float(fields.first("Confidence") or 1)
    except ValueError:
        return 1.0
