"""The account at Twilio that SMS and WhatsApp go through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import SettingsError, of_form, read_switch, read_text, web_address

API_URL, CONTENT_URL = "https://api.twilio.com", "https://content.twilio.com"
API_URL = "https://api.twilio.com"
# Where Twilio leads who asks for a file; of a host of many customers only Twilio's part.
MEDIA_HOSTS = (
    "mms.twiliocdn.com",
    "media.twiliocdn.com",
    "s3-external-1.amazonaws.com/media.twiliocdn.com/",
)
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
    """PTI_TWILIO_WHATSAPP_INVITATION: approved template (HX…), in Spanish, that asks a person to
    write, so that what waits for them may be sent after 24 hours; empty: it waits until they
    write."""
    whatsapp_invitation_en: str = ""
    """PTI_TWILIO_WHATSAPP_INVITATION_EN: the same in English; empty: the Spanish one for all."""
    whatsapp_templates: Mapping[str, str] = field(default_factory=dict)
    """PTI_TWILIO_WHATSAPP_TEMPLATES: approved templates that agents may send after 24 hours, each
    with the name they choose it by: seguimiento=HX…, documentos=HX…; empty: none."""
    whatsapp_buttons: bool = True
    """PTI_TWILIO_WHATSAPP_BUTTONS: on (options can be tapped), or off (they are numbered)."""
    api_url: str = API_URL
    """PTI_TWILIO_API_URL: address of Twilio's REST interface; another for tests and rehearsals."""
    content_url: str = CONTENT_URL
    """PTI_TWILIO_CONTENT_URL: address of Twilio's interface for contents; another for tests and
    rehearsals."""

    media_hosts: tuple[str, ...] = MEDIA_HOSTS
    """PTI_TWILIO_MEDIA_HOSTS: hosts that Twilio may lead to for a file, comma separated; a path
    behind one: only what is under it."""

    @property
    def invitations(self) -> dict[str, str]:
        """The templates that are set, by language."""
        given = {"es": self.whatsapp_invitation, "en": self.whatsapp_invitation_en}
        return {language: template for language, template in given.items() if template}


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
    template = "like HX…, 34 characters"
    invitation = of_form(environ, "PTI_TWILIO_WHATSAPP_INVITATION", _TEMPLATE, template)
    in_english = of_form(environ, "PTI_TWILIO_WHATSAPP_INVITATION_EN", _TEMPLATE, template)
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise SettingsError(f"Twilio is set up by half: {', '.join(missing)} is not set.")
    hosts = read_text(environ, "PTI_TWILIO_MEDIA_HOSTS", ",".join(MEDIA_HOSTS))
    return TwilioSettings(
        account_sid=account_sid,
        auth_token=auth_token,
        sms_from=sms_from,
        whatsapp_from=whatsapp_from,
        whatsapp_invitation=invitation,
        whatsapp_invitation_en=in_english,
        whatsapp_templates=_templates(environ, "PTI_TWILIO_WHATSAPP_TEMPLATES"),
        whatsapp_buttons=read_switch(environ, "PTI_TWILIO_WHATSAPP_BUTTONS", True),
        api_url=_address(environ, "PTI_TWILIO_API_URL", API_URL),
        content_url=_address(environ, "PTI_TWILIO_CONTENT_URL", CONTENT_URL),
        media_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
    )


def _address(environ: Mapping[str, str], name: str, default: str) -> str:
    url = read_text(environ, name, default).rstrip("/")
    web_address(environ, name, url)
    return url


def _templates(environ: Mapping[str, str], variable: str) -> dict[str, str]:
    named = [part.strip() for part in read_text(environ, variable, "").split(",") if part.strip()]
    found = [_NAMED_TEMPLATE.fullmatch(part) for part in named]
    if not all(found):
        raise SettingsError(f"{variable} should be like seguimiento=HX…, documentos=HX….")
    return {match[1]: match[2] for match in found if match}
