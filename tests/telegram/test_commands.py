"""`pti telegram` as a process, and the commands that Telegram shows."""

from __future__ import annotations

import pytest

from bot.channels.telegram.commands import meaning, menu
from bot.channels.telegram.setup import webhook_url
from tests.cli.pti import one_line, pti
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn, Failure
from tests.telegram.known import TOKEN, WEBHOOK_SECRET

PUBLIC = "https://asistente.example"


def variables(url: str, **more: str) -> dict[str, str]:
    return {
        "PTI_TELEGRAM_TOKEN": TOKEN,
        "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "PTI_TELEGRAM_API_URL": url,
        "PTI_PUBLIC_URL": PUBLIC,
        **more,
    }


def test_the_webhook_is_set_shown_and_ended(telegram: BotApiStandIn) -> None:
    given = variables(telegram.url)
    finished = pti("telegram", "set-webhook", variables=given)
    assert finished.returncode == 0, finished.stderr
    assert f"{PUBLIC}/webhooks/telegram" in finished.stdout
    webhook = telegram.state.webhook
    assert webhook["url"] == f"{PUBLIC}/webhooks/telegram"
    assert webhook["secret_token"] == WEBHOOK_SECRET
    assert webhook["allowed_updates"] == ["message", "callback_query"]
    assert webhook["drop_pending_updates"] is False
    assert telegram.state.commands == {"": menu("es"), "en": menu("en")}

    webhook["info"] = {
        "last_error_message": "Connection refused",
        "last_error_date": 1_790_000_000,
        "pending_update_count": 3,
    }
    shown = pti("telegram", "info", variables=given).stdout
    for expected in ("@imss_test_bot", PUBLIC, "waiting     3", "Connection refused", "2026-09-21"):
        assert expected in shown

    assert pti("telegram", "delete-webhook", variables=given).returncode == 0
    assert telegram.state.webhook == {}
    assert "That is not" in pti("telegram", "info", variables=given).stdout


def test_polling_and_a_webhook_are_told_apart(telegram: BotApiStandIn) -> None:
    telegram.state.webhook = {"url": "https://elsewhere.example"}
    given = variables(telegram.url, PTI_TELEGRAM_MODE="polling")
    assert "delete-webhook" in pti("telegram", "info", variables=given).stdout
    assert "polling" in one_line(pti("telegram", "set-webhook", variables=given))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"PTI_TELEGRAM_TOKEN": ""}, "PTI_TELEGRAM_TOKEN is not set"),
        ({"PTI_TELEGRAM_TOKEN": TOKEN[:-1] + "X"}, "PTI_TELEGRAM_TOKEN is wrong or was revoked"),
        ({"PTI_PUBLIC_URL": ""}, "set PTI_PUBLIC_URL"),
        ({"PTI_PUBLIC_URL": "http://asistente.example"}, "https://"),
        ({"PTI_PUBLIC_URL": f"{PUBLIC}:8080"}, "8443"),
    ],
)
def test_what_is_wrong_is_one_line(
    telegram: BotApiStandIn, changes: dict[str, str], told: str
) -> None:
    finished = pti("telegram", "set-webhook", variables=variables(telegram.url, **changes))
    assert finished.returncode == 1
    line = one_line(finished)
    assert told in line
    assert TOKEN[10:20] not in line


def test_telegram_that_cannot_be_reached_or_is_in_trouble(telegram: BotApiStandIn) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    line = one_line(pti("telegram", "info", variables=variables(nowhere)))
    assert f"cannot be reached at {nowhere}" in line
    telegram.failing = lambda _method: True
    telegram.state.failures.append(Failure(502))
    line = one_line(pti("telegram", "info", variables=variables(telegram.url)))
    assert "status 502" in line
    assert TOKEN not in line


@pytest.mark.parametrize("command", ["set-webhook", "delete-webhook", "info"])
def test_each_has_help(command: str) -> None:
    assert "Usage: " in pti("telegram", command, "--help").stdout


def test_the_address_of_the_webhook() -> None:
    assert webhook_url("https://a.example:8443") == "https://a.example:8443/webhooks/telegram"
    for wrong in ("http://a.example", "https://127.0.0.1", "https://a.example:444"):
        with pytest.raises(ValueError, match="PTI_PUBLIC_URL"):
            webhook_url(wrong)


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_shown_is_understood(language: str) -> None:
    shown = menu(language)
    assert len(shown) == 4
    for command in shown:
        typed = f"/{command['command']}"
        assert meaning(typed, language) != typed
        assert command["description"][0].isupper()
