"""The account of the tests."""

from __future__ import annotations

ACCOUNT = "AC" + "0a" * 16
TOKEN = "the token of the account of the tests"
SMS_FROM = "+15550100000"
WHATSAPP_FROM = "+525550100000"
INVITATION = "HX" + "1b" * 16
INVITATION_IN_ENGLISH = "HX" + "2b" * 16
# Its one variable is the code of a call.
CODE_TEMPLATE = "HX" + "2c" * 16
PUBLIC_URL = "https://imss.example.org"
TWILIO = {
    "PTI_TWILIO_ACCOUNT_SID": ACCOUNT,
    "PTI_TWILIO_AUTH_TOKEN": TOKEN,
    "PTI_TWILIO_SMS_FROM": SMS_FROM,
    "PTI_TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
    "PTI_TWILIO_WHATSAPP_INVITATION": INVITATION,
    "PTI_TWILIO_WHATSAPP_INVITATION_EN": INVITATION_IN_ENGLISH,
    # Nobody is there, until a test says who.
    "PTI_TWILIO_API_URL": "http://127.0.0.1:9",
    "PTI_TWILIO_CONTENT_URL": "http://127.0.0.1:9",
}
INVITATIONS = (INVITATION, INVITATION_IN_ENGLISH)
# Approved templates and the places in them.
TEMPLATES: dict[str, tuple[str, ...]] = {
    INVITATION: (),
    INVITATION_IN_ENGLISH: (),
    CODE_TEMPLATE: ("1",),
}
