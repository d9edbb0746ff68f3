"""The bot at Telegram that people write to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import SettingsError, read_secret, read_text, web_address

API_URL = "https://api.telegram.org"
MODES = ("webhook", "polling")
_TOKEN = re.compile(r"[0-9]{1,16}:[A-Za-z0-9_-]{30,64}")
# What Telegram admits; shorter ones can be guessed.
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True)
class TelegramSettings:
    """One bot."""

    token: str = field(repr=False)
    """PTI_TELEGRAM_TOKEN: the bot's token, from @BotFather: whoever has it is the bot. Empty: no
    Telegram."""
    webhook_secret: str = field(default="", repr=False)
    """PTI_TELEGRAM_WEBHOOK_SECRET: what Telegram sends with each message, so that we know it; 16 to
    256 letters, digits, _ and -. `pti init` makes one."""
    mode: str = MODES[0]
    """PTI_TELEGRAM_MODE: webhook (Telegram calls us), or polling (we ask Telegram), for development
    on a machine that the internet does not reach."""
    api_url: str = API_URL
    """PTI_TELEGRAM_API_URL: address of Telegram's interface; another for tests, rehearsals and a
    server of one's own."""

    @property
    def polls(self) -> bool:
        """Whether we ask Telegram for messages."""
        return self.mode == "polling"


def read_telegram(environ: Mapping[str, str]) -> TelegramSettings | None:
    """The bot; None where there is no token. Without the secret nobody could be told from Telegram:
    that stops the start."""
    mode = read_text(environ, "PTI_TELEGRAM_MODE", MODES[0]).lower()
    if mode not in MODES:
        raise SettingsError(f"PTI_TELEGRAM_MODE should be one of {', '.join(MODES)}.")
    api_url = read_text(environ, "PTI_TELEGRAM_API_URL", API_URL).rstrip("/")
    web_address(environ, "PTI_TELEGRAM_API_URL", api_url)
    token = read_text(environ, "PTI_TELEGRAM_TOKEN", "")
    if not token:
        return None
    if not _TOKEN.fullmatch(token):  # not quoted: it may be a token with one letter too many
        raise SettingsError("PTI_TELEGRAM_TOKEN should be like 123456789:AbC…, from @BotFather.")
    return TelegramSettings(token, _webhook_secret(environ, mode), mode, api_url)


def _webhook_secret(environ: Mapping[str, str], mode: str) -> str:
    if mode == "polling":  # nobody calls us
        return read_text(environ, "PTI_TELEGRAM_WEBHOOK_SECRET", "")
    secret = read_secret(environ, "PTI_TELEGRAM_WEBHOOK_SECRET")
    if not _WEBHOOK_SECRET.fullmatch(secret):
        raise SettingsError(
            "PTI_TELEGRAM_WEBHOOK_SECRET should be 16 to 256 letters, digits, _ and -."
        )
    return secret
