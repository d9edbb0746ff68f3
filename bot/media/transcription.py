"""What was spoken in a voice note, by a service with the interface of OpenAI's
`/v1/audio/transcriptions`."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Mapping
from typing import Any

import requests

from bot.media.ogg import seconds_of
from bot.messaging.found import Found, nothing, transcript
from bot.settings import TranscriptionSettings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
TRIES = 2
LONGEST_ANSWER = 1_000_000
NOT_IN_THIS_FORM = 400
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500
# By segment, as the service says it: where the mean log probability of its words is less, or the
# likelihood that nobody speaks is more, the words are asked about.
LEAST_LOG_PROBABILITY = -0.7
MOST_SILENCE = 0.5
# Nobody speaks at all: what it wrote down then is made up.
SILENCE = 0.9


class NoTranscriptError(Exception):
    """The service did not write anything down; the message says why, not what was sent."""


class Transcriber:
    """Calls the service."""

    def __init__(self, settings: TranscriptionSettings) -> None:
        self._settings = settings
        self._address = f"{settings.url}/audio/transcriptions"

    def read(self, name: str, content_type: str, content: bytes) -> Found:
        """What was said, and whether that is certain."""
        length = seconds_of(content)
        if length is not None and length > self._settings.longest_seconds:
            return nothing("too_large")
        try:
            return _found(self._answer(name, content_type, content))
        except NoTranscriptError as error:
            log.error("a voice note was not transcribed: %s", error)
            return nothing("no_service")

    def _answer(self, name: str, content_type: str, content: bytes) -> Mapping[str, Any]:
        """The service's answer; asked again once where it is down, and in its simple form where it
        knows no other."""
        until = time.monotonic() + self._settings.seconds
        form, error = "verbose_json", NoTranscriptError("no time")
        for _ in range(TRIES):
            try:
                status, body = self._call(name, content_type, content, form, until)
            except requests.RequestException as failure:
                error = NoTranscriptError(type(failure).__name__)
                continue
            if status == requests.codes.ok:
                return _parsed(body)
            error = NoTranscriptError(f"status {status}")
            if status == NOT_IN_THIS_FORM:
                form = "json"
            elif status != TOO_MANY_REQUESTS and status < SERVER_ERROR:
                break
        raise error

    def _call(
        self, name: str, content_type: str, content: bytes, form: str, until: float
    ) -> tuple[int, bytes]:
        left = until - time.monotonic()
        if left <= 0:
            raise requests.Timeout
        headers = {"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {}
        with requests.post(
            self._address,
            headers=headers,
            data={"model": self._settings.model, "response_format": form, "temperature": "0"},
            files={"file": (name, content, content_type)},
            timeout=(min(CONNECT_SECONDS, left), left),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = bytearray()
            for piece in response.iter_content(65_536):
                body += piece
                if len(body) > LONGEST_ANSWER or time.monotonic() > until:
                    raise requests.Timeout
            return response.status_code, bytes(body)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("text"), str):
        raise NoTranscriptError("no answer of such a service")
    return parsed


def _found(answer: Mapping[str, Any]) -> Found:
    text = " ".join(answer["text"].split())
    segments = answer.get("segments")
    given = [s for s in segments if isinstance(s, dict)] if isinstance(segments, list) else []
    silences = [_number(segment, "no_speech_prob", 0.0) for segment in given]
    if not text or (silences and min(silences) > SILENCE):
        return nothing("not_heard")
    # Where nothing is said about certainty there is none.
    sure = bool(given) and all(
        _number(segment, "avg_logprob", -math.inf) >= LEAST_LOG_PROBABILITY
        and silence <= MOST_SILENCE
        for segment, silence in zip(given, silences, strict=True)
    )
    return transcript(text, sure)


def _number(segment: Mapping[str, Any], name: str, default: float) -> float:
    value = segment.get(name, default)
    return float(value) if isinstance(value, int | float) else default
