"""Tells Telegram where its webhook is, which commands to show, and asks how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.commands import menu
from bot.channels.telegram.parse import ALLOWED_UPDATES
from bot.channels.telegram.webhook import PATH
from bot.settings import LOOPBACK

# To which Telegram calls.
PORTS = (443, 80, 88, 8443)
# Calls side by side: more than a gateway answers at once do not help.
MOST_CONNECTIONS = 40


@dataclass(frozen=True)
class Info:
    """The bot, and what Telegram says of its webhook."""

    username: str
    name: str
    url: str
    waiting: int
    allowed: tuple[str, ...] = ()
    last_error: str = ""
    last_error_at: int | None = None


def webhook_url(public_url: str) -> str:
    """Our webhook's address. Raises ValueError where Telegram would not call it."""
    parts = urlsplit(public_url)
    if parts.hostname in LOOPBACK:
        raise ValueError(f"Telegram cannot reach {public_url}: set PTI_PUBLIC_URL")
    if parts.scheme != "https":
        raise ValueError("PTI_PUBLIC_URL should begin with https://: Telegram calls no other")
    if (parts.port or 443) not in PORTS:
        ports = ", ".join(str(port) for port in PORTS)
        raise ValueError(f"Telegram calls only the ports {ports}: PTI_PUBLIC_URL has {parts.port}")
    return f"{public_url}{PATH}"


async def set_webhook(api: BotApi, url: str, secret: str, drop_waiting: bool) -> None:
    """Telegram calls the address from now on; the commands are shown in both languages."""
    await api.call(
        "setWebhook",
        {
            "url": url,
            "secret_token": secret,
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": MOST_CONNECTIONS,
            "drop_pending_updates": drop_waiting,
        },
    )
    await show_commands(api)


async def show_commands(api: BotApi) -> None:
    """Spanish for everybody, English for those whose Telegram is in English."""
    await api.call("setMyCommands", {"commands": menu("es")})
    await api.call("setMyCommands", {"commands": menu("en"), "language_code": "en"})


async def delete_webhook(api: BotApi, drop_waiting: bool) -> None:
    """Telegram calls no more; what people write waits for a day."""
    await api.call("deleteWebhook", {"drop_pending_updates": drop_waiting})


async def info(api: BotApi) -> Info:
    """How it goes."""
    bot = await api.call("getMe")
    webhook = await api.call("getWebhookInfo")
    return Info(
        username=str(bot.get("username", "")),
        name=str(bot.get("first_name", "")),
        url=str(webhook.get("url", "")),
        waiting=int(webhook.get("pending_update_count", 0)),
        allowed=tuple(webhook.get("allowed_updates", ())),
        last_error=str(webhook.get("last_error_message", "")),
        last_error_at=webhook.get("last_error_date"),
    )
