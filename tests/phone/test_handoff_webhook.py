"""Calls of the line: only what it signed, once, of the agreed form; a code and a message."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from jsonschema import Draft7Validator
from sqlalchemy import select, update

from bot.channels.handoff import requests as module
from bot.channels.twilio.render_sms import MOST_SEGMENTS, is_gsm, segments, sms_texts
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.seen import Looks
from bot.messaging.subscriptions import Subscriptions
from bot.people.effects import CHARACTERS
from bot.settings import PROJECT_ROOT
from bot.storage.call_tables import handoffs
from tests.messaging.stand_in import claim
from tests.phone.conftest import Gateway
from tests.phone.known import BOT, SECRET, as_json, call, line_settings, new_number, signed
from tests.twilio.known import CODE_TEMPLATE, WHATSAPP_FROM


def handed(gateway: Gateway, **changes: Any) -> dict[str, Any]:
    """The answer to a call that is taken."""
    body = as_json(call(**changes))
    response = gateway.hand_over(body, signed(body))
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


# --- the signature ---

BODY = as_json(call())


def unsigned() -> dict[str, dict[str, str]]:
    """Headers that no exchange sends at this moment, by what is wrong with them."""
    right = signed(BODY)
    mark, moment = right["X-PTI-Signature"], right["X-PTI-Timestamp"]
    return {
        "nothing": {},
        "no signature": {"X-PTI-Timestamp": moment},
        "no time stamp": {"X-PTI-Signature": mark},
        "a blank signature": {**right, "X-PTI-Signature": ""},
        "a blank time stamp": {**right, "X-PTI-Timestamp": ""},
        "another secret": signed(BODY, secret=SECRET + "x"),
        "another body": signed(BODY + b" "),
        "another time stamp": {**right, "X-PTI-Timestamp": str(int(time.time()) + 1)},
        "no prefix": {**right, "X-PTI-Signature": mark[7:]},
        "another algorithm": {**right, "X-PTI-Signature": "sha1=" + mark[7:]},
        "capitals": {**right, "X-PTI-Signature": mark.upper()},
        "cut short": {**right, "X-PTI-Signature": mark[:-1]},
        "a time stamp in words": {**right, "X-PTI-Timestamp": "now"},
        "a time stamp with a sign": {**right, "X-PTI-Timestamp": "+" + moment},
        "a time stamp with a point": {**right, "X-PTI-Timestamp": moment + ".0"},
        "a time stamp of many digits": {**right, "X-PTI-Timestamp": "9" * 400},
        "five minutes and a second ago": signed(BODY, time.time() - 302),
        "half an hour ahead": signed(BODY, time.time() + 1800),
        "of 1970": signed(BODY, 0),
    }


@pytest.mark.parametrize("wrong", unsigned())
def test_what_is_not_signed_now_leaves_no_row(gateway: Gateway, wrong: str) -> None:
    before = gateway.rows()
    assert gateway.hand_over(BODY, unsigned()[wrong]).status_code == 403
    assert gateway.rows() == before


@pytest.mark.parametrize("seconds", [-290, -60, 0, 60, 290])
def test_clocks_may_differ_by_some_minutes(gateway: Gateway, seconds: int) -> None:
    body = as_json(call())
    assert gateway.hand_over(body, signed(body, time.time() + seconds)).status_code == 201


def test_the_comparison_takes_as_long_for_any_signature(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(module.hmac, "compare_digest", compare)
    for headers in unsigned().values():
        gateway.hand_over(BODY, headers)
    assert len(compared) == len(unsigned())


def test_without_a_secret_there_is_no_route(gateway: Gateway) -> None:
    silent = Gateway(
        dataclasses.replace(
            gateway.settings,
            handoff=dataclasses.replace(gateway.settings.handoff, secret=""),
        ),
        gateway.database,
    )
    body = as_json(call())
    assert silent.hand_over(body, signed(body, secret="")).status_code == 404


def test_only_post(gateway: Gateway) -> None:
    assert gateway.send("/webhooks/handoff", b"", {}, "GET").status_code == 405


# --- once ---


def test_the_same_signed_request_is_refused_the_second_time(gateway: Gateway) -> None:
    body = as_json(call())
    headers = signed(body)
    assert gateway.hand_over(body, headers).status_code == 201
    before = gateway.rows()
    again = gateway.hand_over(body, headers)
    assert again.status_code == 409
    assert "code" not in again.json()
    assert gateway.rows() == before


def test_the_same_call_signed_anew_gets_the_same_answer_and_sends_nothing(gateway: Gateway) -> None:
    body = as_json(call())
    first = gateway.hand_over(body, signed(body))
    before = gateway.rows()
    again = gateway.hand_over(body, signed(body, time.time() - 7))
    assert (again.status_code, again.json()) == (200, first.json())
    assert gateway.rows() == before


def test_the_same_call_with_something_else_is_refused(gateway: Gateway) -> None:
    asked = call()
    body, other = as_json(asked), as_json({**asked, "reason": "register"})
    assert gateway.hand_over(body, signed(body)).status_code == 201
    before = gateway.rows()
    assert gateway.hand_over(other, signed(other)).status_code == 409
    assert gateway.rows() == before


def test_the_order_of_the_fields_is_nothing_else(gateway: Gateway) -> None:
    asked = call()
    body, other = as_json(asked), as_json(dict(reversed(asked.items())))
    first = gateway.hand_over(body, signed(body))
    assert gateway.hand_over(other, signed(other)).json() == first.json()


def test_many_requests_of_a_call_at_once(gateway: Gateway) -> None:
    """One makes the code, the others get it; one message is sent."""
    number = new_number()
    body = as_json(call(caller={"number": number}))
    headers = [signed(body, time.time() - seconds) for seconds in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda given: gateway.hand_over(body, given), headers))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert [address for _, address, _ in gateway.outgoing()].count(number) == 1


def test_the_very_same_request_many_times_at_once(gateway: Gateway) -> None:
    body = as_json(call())
    headers = signed(body)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _n: gateway.hand_over(body, headers), range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


def test_it_signs_as_the_manual_says(gateway: Gateway) -> None:
    """The lines for a shell in docs/operations/phone.md."""
    manual = (PROJECT_ROOT / "docs" / "operations" / "phone.md").read_text("utf-8")
    (line,) = re.findall(r"^    (signature=.*)$", manual, re.MULTILINE)
    body, now = as_json(call()), str(int(time.time()))
    script = f'{line}\nprintf "sha256=%s" "$signature"'
    given = {"PATH": os.environ["PATH"], "PTI_HANDOFF_SECRET": SECRET, "now": now}
    made = subprocess.run(
        ["/bin/bash", "-c", script],
        env={**given, "body": body.decode()},
        capture_output=True,
        text=True,
        check=True,
    )
    headers = {"X-PTI-Timestamp": now, "X-PTI-Signature": made.stdout}
    assert gateway.hand_over(body, headers).status_code == 201


# --- the form ---

WRONG: dict[str, bytes] = {
    "no body": b"",
    "no JSON": b"call_id=1",
    "not UTF-8": b'{"call_id": "\xff"}',
    "half of it": BODY[:-5],
    "a list": b"[]",
    "a text": b'"call"',
    "null": b"null",
    "an empty object": b"{}",
    "no call id": as_json(call(call_id=None)),
    "a blank call id": as_json(call(call_id="")),
    "a call id with spaces": as_json(call(call_id="the call of 9:30")),
    "a call id with a line's end": as_json(call(call_id="pbx-1234\n")),
    "a call id that is a number": as_json(call(call_id=123456)),
    "no caller": as_json(call(caller=None)),
    "a caller without anything": as_json(call(caller={})),
    "a number and a refusal": as_json(call(caller={"number": "+15556660000", "refused": True})),
    "a refusal that is none": as_json(call(caller={"refused": False})),
    "a number without a country": as_json(call(caller={"number": "5556660000"})),
    "a number with a line's end": as_json(call(caller={"number": "+15556660000\n"})),
    "a blank number": as_json(call(caller={"number": ""})),
    "another language": as_json(call(language="fr")),
    "a topic that is none": as_json(call(reason="ask_everything")),
    "a topic that nobody calls about": as_json(call(reason="nlu_fallback")),
    "a blank topic": as_json(call(reason="")),
    "consent in words": as_json(call(consent="yes")),
    "consent that was not asked for": as_json(call(consent=None)),
    "another channel": as_json(call(channel="pigeon")),
    "a name that is too long": as_json(call(agent="a" * 81)),
    "a blank name": as_json(call(agent="")),
    "a name with half a character": b'{"agent": "\\ud800", ' + as_json(call(agent=None))[1:],
    "a field that nobody asked for": as_json(call(curp="XXXX010101HDFXXX09")),
    "too deep": b"[" * 4000,
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_is_not_of_the_form_is_refused(gateway: Gateway, body: bytes) -> None:
    before = gateway.rows()
    response = gateway.hand_over(body, signed(body))
    assert response.status_code == 422
    assert response.json()["problems"]
    assert gateway.rows() == before


def test_a_refusal_names_the_field_and_not_what_stands_in_it(gateway: Gateway) -> None:
    body = as_json(call(caller={"number": "3125550143"}, language=None, curp="PEPJ800101HDFRRN09"))
    problems = gateway.hand_over(body, signed(body)).text
    for told in ("caller", "language", "additionalProperties"):
        assert told in problems
    for secret in ("3125550143", "PEPJ"):
        assert secret not in problems


def test_a_body_that_is_too_long(gateway: Gateway) -> None:
    body = as_json(call(agent="a" * 9000))
    before = gateway.rows()
    assert gateway.hand_over(body, signed(body)).status_code == 413
    assert gateway.rows() == before


def test_the_schema_is_one_and_its_topics_are_those_of_the_assistant() -> None:
    schema = json.loads(module.SCHEMA.read_text("utf-8"))
    Draft7Validator.check_schema(schema)
    labels = yaml.safe_load((PROJECT_ROOT / "data" / "labels" / "topics.yml").read_text("utf-8"))
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text("utf-8"))
    kinds = yaml.safe_load((PROJECT_ROOT / "tests" / "content" / "topics.yml").read_text("utf-8"))
    about_something = {
        topic
        for group in kinds.values()
        for topic, kind in group.items()
        if kind in ("answer", "task")
    }
    # Nobody is led by an agent into erasing their data, and distress is not put off.
    assert module.topics() >= about_something - {"delete_my_data", "distress"}
    assert module.topics() <= set(labels) & set(domain["intents"])


# --- what comes of it ---


def test_a_code_that_can_be_read_out_and_links_that_write_it(gateway: Gateway) -> None:
    answer = handed(gateway)
    assert len(answer["code"]) == 8
    assert set(answer["code"]) <= set(CHARACTERS)
    assert answer["text"] == f"Continuar {answer['code']}"
    whatsapp = urlsplit(answer["links"]["whatsapp"])
    assert (whatsapp.netloc, whatsapp.path) == ("wa.me", f"/{WHATSAPP_FROM[1:]}")
    assert parse_qs(whatsapp.query) == {"text": [answer["text"]]}
    assert answer["links"]["telegram"] == f"https://t.me/{BOT}?start={answer['code']}"
    left = datetime.fromisoformat(answer["valid_until"]) - datetime.now(timezone.utc)
    assert 23.9 < left.total_seconds() / 3600 <= 24


@pytest.mark.parametrize(
    ("channel", "holds", "lacks"),
    [
        ("any", ("wa.me", "t.me"), ()),
        ("whatsapp", ("wa.me",), ("t.me",)),
        ("telegram", ("t.me",), ("wa.me",)),
        ("sms", (), ("wa.me", "t.me")),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_one_cheap_message_with_what_they_wished(
    gateway: Gateway, channel: str, holds: tuple[str, ...], lacks: tuple[str, ...], language: str
) -> None:
    number = new_number()
    answer = handed(gateway, caller={"number": number}, channel=channel, language=language)
    assert answer["sent"] == {"channel": "sms", "reason": None}
    sent = [message for message in gateway.outgoing() if message[1] == number]
    assert [(channel, address) for channel, address, _ in sent] == [("sms", number)]
    (text,) = sms_texts(sent[0][2], [])
    assert is_gsm(text)
    assert segments(text) <= MOST_SEGMENTS
    assert answer["code"] in text
    assert all(link in text for link in holds)
    assert not any(link in text for link in lacks)


def test_whatsapp_by_a_template_where_one_is_approved(gateway: Gateway) -> None:
    templates = {"PTI_HANDOFF_WHATSAPP_TEMPLATE_ES": CODE_TEMPLATE}
    settings = line_settings(gateway.settings.database_url, **templates)
    with_template = Gateway(settings, gateway.database)
    number = new_number()
    answer = handed(with_template, caller={"number": number}, channel="whatsapp")
    assert answer["sent"]["channel"] == "whatsapp"
    channel, address, message = with_template.outgoing()[-1]
    assert (channel, address) == ("whatsapp", number)
    assert (message.template, message.values) == (CODE_TEMPLATE, (answer["code"],))
    # In English there is none: a text message with the link.
    english = handed(with_template, channel="whatsapp", language="en")
    assert english["sent"]["channel"] == "sms"


NOT_SENT = {
    "no number": ({"caller": {"refused": True}}, "no_number"),
    "no consent": ({"consent": False}, "no_consent"),
}


@pytest.mark.parametrize(("changes", "reason"), NOT_SENT.values(), ids=NOT_SENT)
def test_without_number_or_consent_the_agent_reads_the_code_out(
    gateway: Gateway, changes: dict[str, Any], reason: str
) -> None:
    before = gateway.rows()
    answer = handed(gateway, **changes)
    assert answer["sent"] == {"channel": None, "reason": reason}
    assert answer["code"]
    after = gateway.rows()
    assert after.pop("handoffs") == before.pop("handoffs") + 1
    # Not even the number is kept.
    assert after == before


def test_who_wants_no_messages_gets_none(gateway: Gateway) -> None:
    number = new_number()
    address = Inbox(gateway.database).open_address("sms", number)
    Subscriptions(gateway.database).stop(address, f"stop-{number}", Incoming("alto"), None)
    before = gateway.rows()["outbox"]
    assert handed(gateway, caller={"number": number})["sent"]["reason"] == "stopped"
    assert gateway.rows()["outbox"] == before


def test_a_message_in_between_takes_no_options_away(gateway: Gateway) -> None:
    """What was offered last may still be chosen by its number."""
    number = new_number()
    inbox = Inbox(gateway.database)
    address = inbox.open_address("sms", number)
    inbox.receive("sms", address, f"m-{number}", Incoming("hola"))
    offered = Reply("¿Cuál?")
    Outbox(gateway.database).finish(claim(gateway.database), "brain", [offered], None)
    handed(gateway, caller={"number": number})
    assert Looks(gateway.database).at(address.conversation_id).offered == [offered]


def test_code_and_number_are_nowhere_in_clear(gateway: Gateway) -> None:
    number = new_number()
    code = handed(gateway, caller={"number": number})["code"]
    with gateway.database.reading() as connection:
        rows = str([tuple(row) for row in connection.execute(select(handoffs))])
    assert code not in rows
    assert number not in rows


def test_old_codes_are_forgotten(gateway: Gateway) -> None:
    handed(gateway)
    with gateway.database.writing() as connection:
        connection.execute(update(handoffs).values(valid_until=1.0))
    handed(gateway)
    assert gateway.rows()["handoffs"] == 1
