"""Nothing that Twilio did not sign gets in, and what it signed does, whatever is in it."""

from __future__ import annotations

import hmac
import itertools
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from twilio.request_validator import RequestValidator

from bot.channels.twilio import signature as module
from bot.channels.twilio.signature import MalformedError, Signature, fields_of
from bot.channels.twilio.signed_form import MAX_BODY_BYTES
from bot.gateway import create_app
from bot.settings import read_settings
from bot.storage.database import Database
from tests.support.service import SECRETS
from tests.twilio.conftest import MESSAGES, STATUS, Gateway, sign
from tests.twilio.known import ACCOUNT, PUBLIC_URL, TOKEN, TWILIO

_numbers = itertools.count(1)


def message(**more: str) -> dict[str, str]:
    """A message's fields as Twilio sends them, blank ones too."""
    return {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": f"SM{next(_numbers):032d}",
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": "",
        "FromState": "TX",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "hola",
        "FromCountry": "US",
        "To": "+15550100000",
        "MessageSid": f"SM{next(_numbers):032d}",
        "AccountSid": ACCOUNT,
        "From": "+15550100001",
        "ApiVersion": "2010-04-01",
        **more,
    }


SIGNED = {
    "plain": {},
    "blank body": {"Body": ""},
    "blanks around": {"Body": "  hola  "},
    "Spanish": {"Body": "¿Cuánto pagaría? Ñandú"},
    "plus and percent": {"Body": "50% + 3 & más = ?"},
    "emoji": {"Body": "👨‍👩‍👧 hola 🇲🇽"},
    "right to left": {"Body": "مرحبا שלום"},
    "line breaks": {"Body": "uno\ndos\r\ntres"},
    "a semicolon": {"Body": "uno; dos;"},
    "a lone ampersand encoded": {"Body": "&"},
    "a name in capitals first": {"aaa": "1", "AAA": "2"},
    "a long text": {"Body": "ñ" * 1600},
    "a profile name": {"ProfileName": "José 😀"},
}


@pytest.mark.parametrize("more", SIGNED.values(), ids=SIGNED)
def test_what_twilio_signed_is_taken(gateway: Gateway, more: dict[str, str]) -> None:
    before = gateway.rows()
    answer = gateway.post(message(**more))
    assert (answer.status_code, gateway.rows()) == (200, before + 1)
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _wrong(fields: dict[str, str]) -> dict[str, str | None]:
    url = PUBLIC_URL + MESSAGES
    right = sign(url, fields)
    return {
        "missing": None,
        "blank": " ",
        "another text": "no signature at all",
        "not ASCII": "ñ",
        "cut": right[:-1],
        "longer": right + "=",
        "another case": right.swapcase(),
        "of another body": sign(url, {**fields, "Body": "otra"}),
        "of another sender": sign(url, {**fields, "From": "+15550100002"}),
        "of no fields": sign(url, {}),
        "without the blank fields": sign(url, {k: v for k, v in fields.items() if v}),
        "of the other path": sign(PUBLIC_URL + STATUS, fields),
        "of the inner host": sign("http://inside:81" + MESSAGES, fields),
        "of http": sign(url.replace("https", "http"), fields),
        "of a query": sign(url + "?a=b", fields),
        "of another host": sign("https://evil.example.org" + MESSAGES, fields),
        "of another port": sign("https://imss.example.org:8443" + MESSAGES, fields),
        "of another token": RequestValidator("x").compute_signature(url, fields),
    }


@pytest.mark.parametrize("kind", _wrong(message()))
@pytest.mark.parametrize("path", [MESSAGES, STATUS])
def test_what_is_not_signed_leaves_no_row(gateway: Gateway, kind: str, path: str) -> None:
    fields, before = message(), gateway.rows()
    signature = _wrong(fields)[kind]
    if kind == "of the other path" and path == STATUS:
        signature = sign(PUBLIC_URL + MESSAGES, fields)
    given = signature.encode("utf-8") if signature and not signature.isascii() else signature
    headers = {"X-Twilio-Signature": given} if isinstance(given, bytes) else {}
    answer = gateway.post(
        fields,
        path=path,
        signature=None if headers else signature,
        headers=headers,  # type: ignore[arg-type]
    )
    assert (answer.status_code, gateway.rows()) == (403, before)


FORWARDED = {
    "a host": {"X-Forwarded-Host": "evil.example.org"},
    "a scheme": {"X-Forwarded-Proto": "http"},
    "a port": {"X-Forwarded-Port": "8080"},
    "a path": {"X-Forwarded-Path": "/elsewhere"},
    "the host itself": {"Host": "evil.example.org"},
    "an original address": {"X-Original-URL": "https://evil.example.org/"},
}


@pytest.mark.parametrize("headers", FORWARDED.values(), ids=FORWARDED)
def test_what_a_proxy_says_does_not_count(gateway: Gateway, headers: dict[str, str]) -> None:
    """Neither to let in nor to keep out: the address that counts is the configured one."""
    assert gateway.post(message(), headers=headers).status_code == 200
    fields = message()
    forged = sign("https://evil.example.org" + MESSAGES, fields)
    assert gateway.post(fields, signature=forged, headers=headers).status_code == 403


def test_with_and_without_the_port(gateway: Gateway) -> None:
    """Twilio does either."""
    fields = message()
    with_port = sign("https://imss.example.org:443" + MESSAGES, fields)
    assert gateway.post(fields, signature=with_port).status_code == 200


def test_a_query_is_signed_too(gateway: Gateway) -> None:
    fields = message()
    path = f"{MESSAGES}?a=b%20c"
    assert gateway.post(fields, path=path).status_code == 200
    assert gateway.post(message(), path=f"{MESSAGES}?a=x", signature="x").status_code == 403
    stolen = sign(PUBLIC_URL + path, fields)
    assert gateway.post(fields, path=f"{MESSAGES}?a=d", signature=stolen).status_code == 403


def test_a_field_twice(gateway: Gateway) -> None:
    """Added by somebody on the way, it breaks the signature."""
    fields = message()
    body = urlencode(fields).encode() + b"&Body=otra"
    signature = sign(PUBLIC_URL + MESSAGES, fields)
    assert gateway.post(fields, signature=signature, body=body).status_code == 403


BODIES = {
    "none": b"",
    "JSON": b'{"From": "+15550100001"}',
    "not UTF-8": b"Body=\xff\xfe",
    "not UTF-8 when decoded": b"Body=%ff%fe",
    "null bytes": b"\0\0\0",
    "too many fields": b"&".join(b"a%d=1" % number for number in range(2000)),
    "a bare name": b"Body",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_that_are_no_form_of_twilios(gateway: Gateway, body: bytes) -> None:
    before = gateway.rows()
    fields = message()
    answer = gateway.post(fields, body=body)
    assert (answer.status_code, gateway.rows()) == (403, before)


def test_a_signed_request_without_a_body_is_no_message(gateway: Gateway) -> None:
    before = gateway.rows()
    assert gateway.post({}, body=b"").status_code == 422
    assert gateway.rows() == before


def test_a_body_that_is_too_long_is_not_read_to_its_end(gateway: Gateway) -> None:
    before = gateway.rows()
    answer = gateway.post(message(Body="x" * MAX_BODY_BYTES))
    assert (answer.status_code, gateway.rows()) == (413, before)


@pytest.mark.parametrize("path", [MESSAGES, STATUS])
def test_only_posts(gateway: Gateway, path: str) -> None:
    from starlette.testclient import TestClient

    client = TestClient(gateway.app, raise_server_exceptions=False)
    assert client.get(path).status_code == 405


def test_the_comparison_takes_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(module.hmac, "compare_digest", compare)
    fields = fields_of(urlencode(message()).encode())
    right = sign(PUBLIC_URL + "/a", {name: values[0] for name, values in fields.items()})
    assert Signature(TOKEN, PUBLIC_URL).is_right("/a", "", fields, right)
    assert len(compared) == 2  # with the port and without, also where the first is right


def test_vectors_of_twilios_documentation() -> None:
    """https://www.twilio.com/docs/usage/security: with the token 12345."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    checked = Signature("12345", "https://mycompany.com").is_right(
        "/myapp.php",
        "foo=1&bar=2",
        fields_of(urlencode(fields).encode()),
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    )
    assert checked


def test_what_is_no_form() -> None:
    with pytest.raises(MalformedError):
        fields_of(b"Body=%ff")


# --- without an account, or with half of one -----------------------------------------------------


def test_without_an_account_there_are_no_routes(database: Database) -> None:
    settings = read_settings({**SECRETS, "PTI_DATABASE_URL": database.url})
    app = create_app(settings)
    paths = {getattr(route, "path", "") for route in _routes(app)}
    assert "/chat/api/messages" in paths
    assert not {MESSAGES, STATUS} & paths


def _routes(app: object) -> list[object]:
    """Of the application inside what wraps it."""
    while not isinstance(app, Starlette):
        app = app._app  # type: ignore[attr-defined]
    return list(app.routes)


NEEDED = ("PTI_TWILIO_ACCOUNT_SID", "PTI_TWILIO_AUTH_TOKEN")


@pytest.mark.parametrize("missing", NEEDED)
def test_half_an_account_stops_the_start(missing: str) -> None:
    from bot.settings import SettingsError

    given = {name: value for name, value in TWILIO.items() if name != missing}
    with pytest.raises(SettingsError, match=f"half.*{missing}"):
        read_settings({**SECRETS, **given})


def test_an_account_without_a_sender_stops_the_start() -> None:
    from bot.settings import SettingsError

    given = {name: TWILIO[name] for name in NEEDED}
    with pytest.raises(SettingsError, match="PTI_TWILIO_SMS_FROM or PTI_TWILIO_WHATSAPP_FROM"):
        read_settings({**SECRETS, **given})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PTI_TWILIO_ACCOUNT_SID", "AC123"),
        ("PTI_TWILIO_SMS_FROM", "5550100000"),
        ("PTI_TWILIO_WHATSAPP_FROM", "whatsapp:+525550100000"),
        ("PTI_TWILIO_WHATSAPP_INVITATION", "hello"),
        ("PTI_TWILIO_WHATSAPP_INVITATION_EN", "HX12"),
        ("PTI_TWILIO_WHATSAPP_BUTTONS", "maybe"),
        ("PTI_TWILIO_API_URL", "ftp://x"),
        ("PTI_TWILIO_CONTENT_URL", "content.twilio.com"),
    ],
)
def test_a_setting_of_the_wrong_form_is_named_and_not_quoted(name: str, value: str) -> None:
    from bot.settings import SettingsError

    with pytest.raises(SettingsError, match=name) as caught:
        read_settings({**SECRETS, **TWILIO, name: value})
    assert value not in str(caught.value)


def test_the_token_is_never_shown() -> None:
    assert TOKEN not in repr(read_settings({**SECRETS, **TWILIO}))


ADDRESSES = [
    "https://imss.example.org",
    "https://imss.example.org:443",
    "https://imss.example.org:8443",
    "http://127.0.0.1:8080",
    "http://inside",
    "https://imss.example.org/behind/a/path",
]
FORMS = [
    "",
    "b=2&a=1&B=3",
    "a=1&a=1&a=0",
    "a=&b=%20x%20",
    "Body=%F0%9F%98%80+%C3%B1",
]


@pytest.mark.parametrize("public_url", ADDRESSES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("query", ["", "a=b%20c&d=%3F"])
def test_it_says_what_twilios_library_says(public_url: str, form: str, query: str) -> None:
    fields, twilios = fields_of(form.encode()), RequestValidator(TOKEN)
    address = f"{public_url}/a" + (f"?{query}" if query else "")
    known = {address, public_url + "/a", address.replace(".org", ".org:443")}
    for signed in (*known, address.replace(":443", ""), address.replace(":8443", "")):
        given = str(twilios.compute_signature(signed, fields))
        ours = Signature(TOKEN, public_url).is_right("/a", query, fields, given)
        assert ours == twilios.validate(address, fields, given), signed
