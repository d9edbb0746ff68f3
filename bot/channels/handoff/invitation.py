"""The message that carries a call's code: links that write it for the person, or a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from bot.messaging.contents import Reply
from bot.messaging.handoffs import Addressee
from bot.settings import HandoffSettings, Settings

WRITTEN = Path(__file__).with_name("messages.yml")
SMS, WHATSAPP, TELEGRAM, ANY = "sms", "whatsapp", "telegram", "any"


@dataclass(frozen=True)
class Invitations:
    """Writes the messages of calls, by the channels that are set up."""

    settings: HandoffSettings
    has_sms: bool
    has_whatsapp: bool

    @classmethod
    def from_settings(cls, settings: Settings) -> Invitations:
        """With the links and senders of the settings."""
        account = settings.twilio
        return cls(
            settings.handoff,
            bool(account and account.sms_from),
            bool(account and account.whatsapp_from),
        )

    def links(self, code: str, language: str) -> dict[str, str]:
        """The links that write a code for the person, by channel; those that are set up."""
        found = {}
        if self.settings.whatsapp_number:
            number = self.settings.whatsapp_number.lstrip("+")
            text = quote(self.filled_in(code, language))
            found[WHATSAPP] = f"https://wa.me/{number}?text={text}"
        if self.settings.telegram_bot:
            found[TELEGRAM] = f"https://t.me/{self.settings.telegram_bot}?start={code}"
        return found

    def filled_in(self, code: str, language: str) -> str:
        """What a person writes to go on."""
        return str(_written()["filled_in"][language]).format(code=code)

    def addressee(self, number: str, wished: str, language: str) -> Addressee | None:
        """By which channel the message goes to a number; None where none is set up."""
        if wished == WHATSAPP and self.has_whatsapp and self.settings.template(language):
            return Addressee(WHATSAPP, number)
        return Addressee(SMS, number) if self.has_sms else None

    def composer(self, to: Addressee | None, wished: str, language: str) -> Callable[[str], Reply]:
        """Makes the message of a code."""

        def compose(code: str) -> Reply:
            links = self.links(code, language)
            text = self._text(links, code, wished, language)
            if to is not None and to.channel == WHATSAPP:
                return Reply(text, template=self.settings.template(language), values=(code,))
            return Reply(text)

        return compose

    def _text(self, links: dict[str, str], code: str, wished: str, language: str) -> str:
        named = [channel for channel in (WHATSAPP, TELEGRAM) if channel in links]
        if wished in named:
            named = [wished]
        elif wished == SMS:
            named = []
        kind = {0: SMS, 2: "both"}.get(len(named)) or named[0]
        hours = f"{self.settings.hours:g}"
        text = str(_written()["messages"][kind][language])
        return text.format(code=code, hours=hours, **links)


@lru_cache(maxsize=1)
def _written() -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(WRITTEN.read_text("utf-8"))
    return written
