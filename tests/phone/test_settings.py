"""The line's settings: what is missing by half, or can be guessed, stops the start."""

from __future__ import annotations

import pytest

from bot.channels.voice.channel import call_center_number
from bot.settings import SettingsError, read_settings
from tests.phone.known import line_settings
from tests.support.service import SECRETS
from tests.twilio.known import WHATSAPP_FROM

WRONG = {
    "PTI_HANDOFF_SECRET": "a-secret-that-is-short",
    "PTI_HANDOFF_HOURS": "0",
    "PTI_HANDOFF_WHATSAPP_NUMBER": "5512345678",
    "PTI_HANDOFF_TELEGRAM_BOT": "@imss_bot",
    "PTI_HANDOFF_WHATSAPP_TEMPLATE_ES": "HX12",
    "PTI_HANDOFF_WHATSAPP_TEMPLATE_EN": "template",
    "PTI_VOICE": "yes",
    "PTI_VOICE_TRANSFER_NUMBER": "the call center",
    "PTI_VOICE_WAIT_SECONDS": "0",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_not_quoted(name: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        line_settings("sqlite://", **{name: WRONG[name]})
    if name == "PTI_HANDOFF_SECRET":
        assert WRONG[name] not in str(refused.value)


def test_calls_are_not_answered_without_an_account() -> None:
    with pytest.raises(SettingsError, match="PTI_VOICE"):
        read_settings({**SECRETS, "PTI_VOICE": "on"})


def test_links_open_the_sender_of_whatsapp_unless_another_is_named() -> None:
    assert line_settings("sqlite://").handoff.whatsapp_number == WHATSAPP_FROM
    other = {"PTI_HANDOFF_WHATSAPP_NUMBER": "+525599999999"}
    assert line_settings("sqlite://", **other).handoff.whatsapp_number == "+525599999999"
    service = {"PTI_TWILIO_WHATSAPP_FROM": "MG" + "0a" * 16}
    assert line_settings("sqlite://", **service).handoff.whatsapp_number == ""


def test_the_secret_is_in_no_log() -> None:
    settings = line_settings("sqlite://")
    assert settings.handoff.secret not in repr(settings)


def test_the_call_center_as_twilio_dials_it() -> None:
    assert call_center_number() == "+525541665415"
