"""The account at Twilio that SMS and WhatsApp go through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import SettingsError, read_text, web_address

API_URL = "https://api.twilio.com"
# What a sender may be: a number, a short code, or a Messaging Service.
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{5,6}|MG[0-9a-fA-F]{32}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")
_NAMED_TEMPLATE = re.compile(r"([a-z0-9_-]{1,40})\s*=\s*(HX[0-9a-fA-F]{32})")


@dataclass(frozen=True)
class TwilioSettings:
    """One account; at least one of the two senders is there."""

    account_sid: str
    """PTI_TWILIO_ACCOUNT_SID: the account (AC…)."""
    auth_token: str = field(repr=False)
    """PTI_TWILIO_AUTH_TOKEN: its token: signs what Twilio sends us and lets us send."""
    sms_from: str = ""
    """PTI_TWILIO_SMS_FROM: number (+1…), short code or Messaging Service (MG…) of SMS; empty: no
    SMS."""
    whatsapp_from: str = ""
    """PTI_TWILIO_WHATSAPP_FROM: number (+52…) or Messaging Service (MG…) of WhatsApp; empty: no
    WhatsApp."""
    whatsapp_invitation: str = ""
    """PTI_TWILIO_WHATSAPP_INVITATION: approved template (HX…) that asks a person to write, so that
    what waits for them may be sent after 24 hours; empty: it waits until they write."""
    whatsapp_templates: Mapping[str, str] = field(default_factory=dict)
    """PTI_TWILIO_WHATSAPP_TEMPLATES: approved templates that agents may send after 24 hours, each
    with the name they choose it by: seguimiento=HX…, documentos=HX…; empty: none."""
    api_url: str = API_URL
    """PTI_TWILIO_API_URL: address of Twilio's REST interface; another for tests and rehearsals."""


def read_twilio(environ: Mapping[str, str]) -> TwilioSettings | None:
    """The account; None where nothing of it is set. Half of it is refused."""
    account_sid = _of_form(environ, "PTI_TWILIO_ACCOUNT_SID", _ACCOUNT, "like AC…, 34 characters")
    auth_token = read_text(environ, "PTI_TWILIO_AUTH_TOKEN", "")
    number = "a number like +15551234567 or a Messaging Service (MG…)"
    sms_from = _of_form(environ, "PTI_TWILIO_SMS_FROM", _SENDER, number)
    whatsapp_from = _of_form(environ, "PTI_TWILIO_WHATSAPP_FROM", _SENDER, number)
    given = {
        "PTI_TWILIO_ACCOUNT_SID": account_sid,
        "PTI_TWILIO_AUTH_TOKEN": auth_token,
        "PTI_TWILIO_SMS_FROM or PTI_TWILIO_WHATSAPP_FROM": sms_from or whatsapp_from,
    }
    invitation = _of_form(
        environ, "PTI_TWILIO_WHATSAPP_INVITATION", _TEMPLATE, "like HX…, 34 characters"
    )
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise SettingsError(f"Twilio is set up by half: {', '.join(missing)} is not set.")
    api_url = read_text(environ, "PTI_TWILIO_API_URL", API_URL).rstrip("/")
    web_address(environ, "PTI_TWILIO_API_URL", api_url)
    return TwilioSettings(
        account_sid,
        auth_token,
        sms_from,
        whatsapp_from,
        invitation,
        _templates(environ, "PTI_TWILIO_WHATSAPP_TEMPLATES"),
        api_url,
    )


def _templates(environ: Mapping[str, str], variable: str) -> dict[str, str]:
    named = [part.strip() for part in read_text(environ, variable, "").split(",") if part.strip()]
    found = [_NAMED_TEMPLATE.fullmatch(part) for part in named]
    if not all(found):
        raise SettingsError(f"{variable} should be like seguimiento=HX…, documentos=HX….")
    return {match[1]: match[2] for match in found if match}


def _of_form(environ: Mapping[str, str], name: str, form: re.Pattern[str], description: str) -> str:
    value = read_text(environ, name, "")
    if value and not form.fullmatch(value):
        # Not quoted: in the wrong line it might be the token.
        raise SettingsError(f"{name} should be {description}.")
    return value
