"""The account at Twilio that SMS and WhatsApp go through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import SettingsError, of_form, read_text, web_address

API_URL = "https://api.twilio.com"
# What a sender may be: a number, a short code, or a Messaging Service.
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{5,6}|MG[0-9a-fA-F]{32}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")


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
    api_url: str = API_URL
    """PTI_TWILIO_API_URL: address of Twilio's REST interface; another for tests and rehearsals."""


def read_twilio(environ: Mapping[str, str]) -> TwilioSettings | None:
    """The account; None where nothing of it is set. Half of it is refused."""
    account_sid = of_form(environ, "PTI_TWILIO_ACCOUNT_SID", _ACCOUNT, "like AC…, 34 characters")
    auth_token = read_text(environ, "PTI_TWILIO_AUTH_TOKEN", "")
    number = "a number like +15551234567 or a Messaging Service (MG…)"
    sms_from = of_form(environ, "PTI_TWILIO_SMS_FROM", _SENDER, number)
    whatsapp_from = of_form(environ, "PTI_TWILIO_WHATSAPP_FROM", _SENDER, number)
    given = {
        "PTI_TWILIO_ACCOUNT_SID": account_sid,
        "PTI_TWILIO_AUTH_TOKEN": auth_token,
        "PTI_TWILIO_SMS_FROM or PTI_TWILIO_WHATSAPP_FROM": sms_from or whatsapp_from,
    }
    invitation = of_form(
        environ, "PTI_TWILIO_WHATSAPP_INVITATION", _TEMPLATE, "like HX…, 34 characters"
    )
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise SettingsError(f"Twilio is set up by half: {', '.join(missing)} is not set.")
    api_url = read_text(environ, "PTI_TWILIO_API_URL", API_URL).rstrip("/")
    web_address(environ, "PTI_TWILIO_API_URL", api_url)
    return TwilioSettings(account_sid, auth_token, sms_from, whatsapp_from, invitation, api_url)
