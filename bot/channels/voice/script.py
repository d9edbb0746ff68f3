"""What Twilio is told to do next in a call, as TwiML."""

from __future__ import annotations

from collections.abc import Sequence

from twilio.twiml.voice_response import VoiceResponse

from bot.channels.voice.sentences import written

PATH = "/webhooks/twilio/voice"
SAID_PATH, WAIT_PATH, DIALLED_PATH = f"{PATH}/said", f"{PATH}/wait", f"{PATH}/dialled"
LISTEN_SECONDS = 6
DIAL_SECONDS = 40
PAUSE_SECONDS = 1

Spoken = tuple[str, str]
"""A text and its language."""


class Script:
    """Writes TwiML with addresses of ours."""

    def __init__(self, public_url: str, transfer_number: str) -> None:
        self._public_url = public_url
        self._transfer_number = transfer_number

    def listen(self, texts: Sequence[Spoken], language: str, step: int) -> str:
        """Says the texts and takes a key or words, which may come before the end."""
        response = VoiceResponse()
        gather = response.gather(
            input="dtmf speech",
            action=self._address(SAID_PATH, step=step),
            method="POST",
            language=_voice(language)["language"],
            hints=", ".join(written()["hints"][language]),
            num_digits=1,
            timeout=LISTEN_SECONDS,
            speech_timeout="auto",
            action_on_empty_result=True,
        )
        _say(gather, texts)
        return str(response)

    def wait(self, texts: Sequence[Spoken], step: int, times: int) -> str:
        """Asks again in a moment."""
        response = VoiceResponse()
        _say(response, texts)
        response.pause(length=PAUSE_SECONDS)
        response.redirect(self._address(WAIT_PATH, step=step, times=times), method="POST")
        return str(response)

    def transfer(self, texts: Sequence[Spoken], step: int) -> str:
        """Connects the caller with the call center; tells us how that went."""
        response = VoiceResponse()
        _say(response, texts)
        response.dial(
            self._transfer_number,
            action=self._address(DIALLED_PATH, step=step),
            method="POST",
            timeout=DIAL_SECONDS,
        )
        return str(response)

    def hang_up(self, texts: Sequence[Spoken]) -> str:
        """Says the texts and ends the call."""
        response = VoiceResponse()
        _say(response, texts)
        response.hangup()
        return str(response)

    def _address(self, path: str, **query: int) -> str:
        named = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self._public_url}{path}?{named}"


def _say(response: VoiceResponse, texts: Sequence[Spoken]) -> None:
    for text, language in texts:
        response.say(text, **_voice(language))


def _voice(language: str) -> dict[str, str]:
    voice: dict[str, str] = written()["languages"][language]
    return voice
