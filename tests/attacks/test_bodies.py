"""Bodies that nobody honest sends, at every door: an answer, no error of ours, no row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from tests.attacks.doors import JSON, Gateway, new_session
from tests.phone.known import signed
from tests.phone.twiml import PATH as VOICE
from tests.telegram.known import HEADER, WEBHOOK_SECRET
from tests.twilio.conftest import FORM, MESSAGES, STATUS

HUGE = b"9" * 4000
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \r\n\t" * 500,
    "NUL": b"\x00" * 200,
    "not UTF-8": b"\xff\xfe\xfa\x80" * 50,
    "UTF-8 that is too long": b'{"text": "\xc0\xaf\xe0\x80\xaf"}',
    "half a surrogate": b'{"text": "\\ud800", "session": "\\udfff", "update_id": 1}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"text": "hola"}'.encode("utf-16"),
    "deep lists": b"[" * 4000,
    "deep objects": b'{"a":' * 1500 + b"1" + b"}" * 1500,
    "a deep message": b'{"update_id": 5, "message":' + b'{"a":' * 900 + b"1" + b"}" * 901,
    "a huge number": b'{"update_id": ' + HUGE + b', "call_id": ' + HUGE + b"}",
    "a number without end": b'{"update_id": ' + b"9" * 7000 + b"}",
    "a huge exponent": b'{"update_id": 1e999999, "after": -1e999999}',
    "no number": b'{"update_id": NaN, "text": Infinity}',
    "twice the same": b'{"text": "a", "text": {"b": 1}, "update_id": 1, "update_id": true}',
    "a prototype": b'{"__proto__": {"admin": true}, "constructor": {"prototype": 1}}',
    "a list": b'[{"update_id": 1}]',
    "a text": b'"hola"',
    "only a key": b"Body",
    "many ampersands": b"&" * 5000,
    "many fields": b"&".join(b"f%d=1" % number for number in range(900)),
    "half an escape": b"Body=%&From=%2&To=%zz&MessageSid=%00",
    "an escape of no letter": b"Body=%ff%fe&From=%c0%af",
    "a form of files": b'--x\r\nContent-Disposition: form-data; name="Body"\r\n\r\nb\r\n--x--',
    "XML": b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "another protocol": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a pickle": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94.",
}  # fmt: skip
Signed = Callable[[bytes], Mapping[str, str]]
DOORS: dict[str, tuple[str, Signed]] = {
    "the chat page": ("/chat/api/messages", lambda _body: JSON),
    "the chat page's sessions": ("/chat/api/sessions", lambda _body: JSON),
    "Telegram's": ("/webhooks/telegram", lambda _body: {HEADER: WEBHOOK_SECRET}),
    "Twilio's messages": (MESSAGES, lambda _body: {"Content-Type": FORM}),
    "Twilio's statuses": (STATUS, lambda _body: {"Content-Type": FORM}),
    "Twilio's calls": (VOICE, lambda _body: {"Content-Type": FORM}),
    "the line's": ("/webhooks/handoff", signed),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_gets_an_answer_and_leaves_no_message(gateway: Gateway, door: str, body: bytes) -> None:
    path, headers = DOORS[door]
    before = gateway.rows()
    response = gateway.send(path, body, headers(body))
    assert response.status_code in (200, 201, 400, 403, 404, 413, 422), response.text
    left = gateway.rows()
    # A session may be opened with any body: it holds nothing.
    assert {**left, "addresses": 0} == {**before, "addresses": 0}
    assert "Traceback" not in response.text


# What has a form of its own, but for one value. Telegram's are of who knows the secret: still none
# may come again and again.
VALUES: list[object] = [
    None, True, -1, 0, 1.5, 10**30, "", " ", "\x00", "a" * 3000, "\ud800", [], [[]], {}, {"a": 1},
]  # fmt: skip
FIELDS = ("update_id", "chat", "from", "text", "date", "message_id")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("field", FIELDS)
def test_an_update_with_a_value_of_another_kind_is_acknowledged(
    gateway: Gateway, field: str, value: object
) -> None:
    chat = {"id": 7_300_000_001, "type": "private"}
    sender = {"id": 7_300_000_001, "is_bot": False, "first_name": "A"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "hola"}
    update: dict[str, object] = {"update_id": 900_000_000, "message": {**message, field: value}}
    if field == "update_id":
        update = {"update_id": value, "message": message}
    body = json.dumps(update).encode()
    assert gateway.send("/webhooks/telegram", body, {HEADER: WEBHOOK_SECRET}).status_code == 200


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("field", ["session", "text", "option", "key"])
def test_a_message_with_a_value_of_another_kind(
    gateway: Gateway, field: str, value: object
) -> None:
    given = {"session": new_session(gateway), "text": "hola", field: value}
    response = gateway.send("/chat/api/messages", json.dumps(given).encode(), JSON)
    assert response.status_code in (202, 400, 404), response.text
