"""The settings of the bot: what is missing or odd stops the start, and nothing secret is shown."""

from __future__ import annotations

import pytest

from bot.settings import SettingsError, TelegramSettings, read_settings
from tests.support.service import SECRETS
from tests.telegram.known import TOKEN, WEBHOOK_SECRET

GIVEN = {
    **SECRETS,
    "PTI_TELEGRAM_TOKEN": TOKEN,
    "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
}


def test_without_a_token_there_is_no_telegram() -> None:
    assert read_settings({**GIVEN, "PTI_TELEGRAM_TOKEN": " "}).telegram is None


def test_a_token_and_a_secret_are_enough() -> None:
    found = read_settings(GIVEN).telegram
    assert found == TelegramSettings(TOKEN, WEBHOOK_SECRET)
    assert found
    assert (found.mode, found.polls, found.api_url) == (
        "webhook",
        False,
        "https://api.telegram.org",
    )


def test_polling_needs_no_secret() -> None:
    given = {**GIVEN, "PTI_TELEGRAM_WEBHOOK_SECRET": "", "PTI_TELEGRAM_MODE": "Polling"}
    found = read_settings(given).telegram
    assert found
    assert found.polls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PTI_TELEGRAM_TOKEN", "a token"),
        ("PTI_TELEGRAM_TOKEN", f"bot{TOKEN}"),
        ("PTI_TELEGRAM_TOKEN", TOKEN.replace(":", "")),
        ("PTI_TELEGRAM_TOKEN", f"{TOKEN}/../x"),
        ("PTI_TELEGRAM_WEBHOOK_SECRET", ""),
        ("PTI_TELEGRAM_WEBHOOK_SECRET", "short"),
        ("PTI_TELEGRAM_WEBHOOK_SECRET", "with blanks and accents é"),
        ("PTI_TELEGRAM_WEBHOOK_SECRET", "x" * 257),
        ("PTI_TELEGRAM_MODE", "push"),
        ("PTI_TELEGRAM_API_URL", "api.telegram.org"),
        ("PTI_TELEGRAM_API_URL", "ftp://api.telegram.org"),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_is_quoted(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings({**GIVEN, name: value})
    assert "TOKEN" not in name or value not in str(refused.value)
    assert len(value) < 10 or name != "PTI_TELEGRAM_WEBHOOK_SECRET" or value not in str(refused)


def test_messages_do_not_travel_in_clear_in_production() -> None:
    given = {**GIVEN, "PTI_TELEGRAM_API_URL": "http://telegram.example"}
    assert read_settings(given).telegram
    with pytest.raises(SettingsError, match="PTI_TELEGRAM_API_URL"):
        read_settings({**given, "PTI_ENVIRONMENT": "production"})


def test_neither_token_nor_secret_is_shown() -> None:
    shown = repr(read_settings(GIVEN))
    assert TOKEN not in shown
    assert WEBHOOK_SECRET not in shown
