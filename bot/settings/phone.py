"""The phone line: calls that go on in writing, and calls that Twilio answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import (
    SettingsError,
    above_zero,
    of_form,
    read_number,
    read_switch,
    read_text,
)
from bot.settings.twilio import TwilioSettings

# Shorter ones can be guessed; `openssl rand -hex 32` makes one.
SHORTEST_SECRET = 32
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLED = re.compile(r"\+?[0-9]{7,20}")
_BOT = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")
_TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class HandoffSettings:
    """What goes on in writing after a call."""

    secret: str = field(default="", repr=False)
    """PTI_HANDOFF_SECRET: signs what the line's exchange or an agent's desk sends us, at least 32
    characters; empty: nobody may."""
    hours: float = 24.0
    """PTI_HANDOFF_HOURS: how long the code of a call is good."""
    whatsapp_number: str = ""
    """PTI_HANDOFF_WHATSAPP_NUMBER: number (+52…) that links to WhatsApp open; default: the sender
    of WhatsApp, where that is a number; empty: no such links."""
    telegram_bot: str = ""
    """PTI_HANDOFF_TELEGRAM_BOT: the bot's user name, without @, for links to Telegram; empty: no
    such links."""
    template_es: str = ""
    """PTI_HANDOFF_WHATSAPP_TEMPLATE_ES: approved utility template (HX…) whose one variable is the
    code, in Spanish; empty: who wants WhatsApp is sent a text message with a link."""
    template_en: str = ""
    """PTI_HANDOFF_WHATSAPP_TEMPLATE_EN: the same in English."""

    def template(self, language: str) -> str:
        """The template of a language; empty where there is none."""
        return self.template_en if language == "en" else self.template_es


@dataclass(frozen=True)
class VoiceSettings:
    """Calls that Twilio answers with the assistant."""

    on: bool = False
    """PTI_VOICE: on, where a number of the Twilio account is answered by the assistant; else
    off."""
    transfer_number: str = ""
    """PTI_VOICE_TRANSFER_NUMBER: where 0 leads, as it is dialled from the line; default: the call
    center's number of the parameters."""
    wait_seconds: float = 15.0
    """PTI_VOICE_WAIT_SECONDS: how long a caller waits for an answer before we apologise."""


def read_handoff(environ: Mapping[str, str], twilio: TwilioSettings | None) -> HandoffSettings:
    """The settings of handoffs. A secret that can be guessed is refused."""
    secret = read_text(environ, "PTI_HANDOFF_SECRET", "")
    if secret and len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"PTI_HANDOFF_SECRET should have {SHORTEST_SECRET} characters or more.")
    number = of_form(environ, "PTI_HANDOFF_WHATSAPP_NUMBER", _NUMBER, "a number like +525512345678")
    if not number and twilio and _NUMBER.fullmatch(twilio.whatsapp_from):
        number = twilio.whatsapp_from
    template = "like HX…, 34 characters"
    return HandoffSettings(
        secret=secret,
        hours=above_zero(environ, "PTI_HANDOFF_HOURS", HandoffSettings.hours),
        whatsapp_number=number,
        telegram_bot=of_form(environ, "PTI_HANDOFF_TELEGRAM_BOT", _BOT, "the bot's user name"),
        template_es=of_form(environ, "PTI_HANDOFF_WHATSAPP_TEMPLATE_ES", _TEMPLATE, template),
        template_en=of_form(environ, "PTI_HANDOFF_WHATSAPP_TEMPLATE_EN", _TEMPLATE, template),
    )


def read_voice(environ: Mapping[str, str], twilio: TwilioSettings | None) -> VoiceSettings:
    """The settings of calls. Without an account nothing that comes could be told from Twilio's:
    that stops the start."""
    is_on = read_switch(environ, "PTI_VOICE", False)
    if is_on and twilio is None:
        raise SettingsError("PTI_VOICE is on, but PTI_TWILIO_ACCOUNT_SID is not set.")
    seconds = float(
        read_number(environ, "PTI_VOICE_WAIT_SECONDS", VoiceSettings.wait_seconds, float)
    )
    if not 1 <= seconds <= 60:
        raise SettingsError("PTI_VOICE_WAIT_SECONDS should be from 1 to 60.")
    number = of_form(environ, "PTI_VOICE_TRANSFER_NUMBER", _DIALLED, "a number like +525512345678")
    return VoiceSettings(is_on, number, seconds)
