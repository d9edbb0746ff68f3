"""schemathesis makes calls from the documents of the gateway's own interfaces, right and wrong
ones, and checks every answer."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from schemathesis.specs.openapi.checks import negative_data_rejection
from starlette.applications import Starlette
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bot.channels.handoff.requests import SCHEMA
from bot.channels.twilio.signature import MalformedError, fields_of
from bot.channels.twilio.signed_form import SIGNATURE_HEADER
from bot.channels.voice import dialogue
from bot.gateway import create_app
from bot.settings import PROJECT_ROOT
from bot.status.server import status_app
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import heartbeats
from tests.attacks.texts import TEMPLATES, UNSEEN
from tests.phone.known import WEBHOOK_SECRET, line_settings, signed
from tests.support.gateway import running_gateway
from tests.support.network import free_port
from tests.telegram.known import HEADER
from tests.twilio.conftest import sign
from tests.twilio.known import PUBLIC_URL, SMS_FROM, TOKEN, WHATSAPP_FROM

DOCUMENT = PROJECT_ROOT / "bot" / "channels" / "openapi.yml"
EXAMPLES = 10
SESSION = requests.Session()
TWILIO = "/webhooks/twilio/"
TELEGRAM = "/webhooks/telegram"
# The providers put in more than we read, and change it: what is signed is taken, or told 422.
THEIRS = (TWILIO, TELEGRAM)
ANY = {"excluded_checks": [negative_data_rejection]}


def document() -> dict[str, Any]:
    """The interfaces as they are written down."""
    written: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return written


def _schema(*, ours: bool) -> Any:
    whole = copy.deepcopy(document())
    paths = whole["paths"].items()
    whole["paths"] = {p: kinds for p, kinds in paths if p.startswith(THEIRS) is not ours}
    schema = schemathesis.openapi.from_dict(whole)
    schema.config.seed = 20260610
    schema.config.generation.update(max_examples=EXAMPLES)
    schema.config.generation.deterministic = True
    # Of what the providers send, every value of every field by itself would take too long.
    schema.config.phases.coverage.enabled = ours
    # A session that fits the pattern is nobody's, a signature that fits it is wrong.
    accepted = schema.config.checks.positive_data_acceptance
    others = ["400", "403", "404", "409", "422"]
    accepted.expected_statuses = [*accepted.expected_statuses, *others]
    return schema


@pytest.fixture(scope="module")
def url(module_database_url: str) -> Iterator[str]:
    """A gateway on the network, and a brain that was seen."""
    migrate(module_database_url)
    patch = pytest.MonkeyPatch()
    # No brain works: a call need not be held for an answer.
    patch.setattr(dialogue, "HOLD_SECONDS", 0.0)
    room = {"PTI_CHAT_SESSIONS_BURST": "10000", "PTI_CHAT_MESSAGES_BURST": "10000"}
    settings = line_settings(module_database_url, PTI_GATEWAY_PORT=str(free_port()), **room)
    seen = {"name": "brain-1", "kind": "brain", "model": "m", "seen_at": time.time() + 3600}
    database = Database.from_settings(settings)
    with database.writing() as connection:
        connection.execute(heartbeats.insert().values(**seen))
    database.dispose()
    with running_gateway(settings) as address:
        yield address
    patch.undo()


bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@_schema(ours=True).parametrize()
@bounded
def test_every_answer_is_in_the_document(case: schemathesis.Case, url: str) -> None:
    if isinstance(case.query, dict) and case.query.get("wait"):
        case.query["wait"] = 0
    case.call_and_validate(base_url=url, session=SESSION, timeout=30)
    if case.path == "/webhooks/handoff" and case.meta and case.meta.generation.mode.is_positive:
        # What is behind the signature is met too.
        case.headers = {**(case.headers or {}), **signed(json.dumps(case.body).encode())}
        case.call_and_validate(base_url=url, session=SESSION, timeout=30)


@_schema(ours=False).parametrize()
@bounded
def test_what_a_provider_might_send(case: schemathesis.Case, url: str) -> None:
    """Without the signature, and with the right one, whatever it is."""
    unsigned = case.call(base_url=url, session=SESSION, timeout=30)
    assert unsigned.status_code == 403
    case.validate_response(unsigned, **ANY)
    if case.path == TELEGRAM:
        case.headers = {**(case.headers or {}), HEADER: WEBHOOK_SECRET}
    else:
        _to_us(case)
        case.headers = {**(case.headers or {}), SIGNATURE_HEADER: _signature(case, url)}
    case.call_and_validate(base_url=url, session=SESSION, timeout=30, **ANY)


def _to_us(case: schemathesis.Case) -> None:
    """To the one of our numbers that fits."""
    if not isinstance(case.body, dict):
        return
    if "whatsapp" in str(case.body.get("From")):
        case.body["To"] = f"whatsapp:{WHATSAPP_FROM}"
    else:
        case.body["To"] = SMS_FROM


def _signature(case: schemathesis.Case, url: str) -> str:
    """What Twilio would sign: the address with its query, and the fields as they arrive."""
    given = case.as_transport_kwargs(base_url=url)
    known = ("method", "url", "headers", "params", "data", "json", "files")
    sent = requests.Request(**{name: given[name] for name in known if name in given}).prepare()
    address = urlsplit(str(sent.url))
    body = sent.body if isinstance(sent.body, bytes) else str(sent.body or "").encode()
    try:
        fields = fields_of(body)
    except MalformedError:
        return ""
    query = f"?{address.query}" if address.query else ""
    return str(RequestValidator(TOKEN).compute_signature(PUBLIC_URL + address.path + query, fields))


HARM = [*TEMPLATES, *UNSEEN, "\x00", "a\x00b", "\ud7ff", "9" * 400]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("messages", ("Body", "ProfileName", "ButtonPayload", "OptOutType", "NumMedia")),
        ("status?message={}", ("MessageStatus", "MessageSid", "ErrorCode")),
        ("status?message={}", ("MessageSid", "ErrorCode")),
        ("voice", ("From", "CallSid")),
        ("voice/said?step=1", ("SpeechResult", "Digits", "Confidence")),
        ("voice/dialled?step={}", ("DialCallStatus",)),
    ],
)
def test_what_is_signed_and_meant_to_harm(url: str, path: str, fields: Sequence[str]) -> None:
    """In every field at once and in the address."""
    for text in HARM:
        known = {"MessageSid": f"SM{uuid4().hex}", "From": "+15556660001", "To": SMS_FROM}
        others = {"CallSid": f"CA{uuid4().hex}", "MessageStatus": "delivered"}
        form = {**known, **others, **dict.fromkeys(fields, text)}
        asked = TWILIO + path.format(quote(text))
        headers = {SIGNATURE_HEADER: sign(PUBLIC_URL + asked, form)}
        answer = SESSION.post(url + asked, data=form, headers=headers, timeout=30)
        assert answer.status_code in {200, 422}, text


@pytest.fixture(scope="module")
def inner(module_database_url: str) -> Iterator[Starlette]:
    """The inner port of a process."""
    migrate(module_database_url)
    database = Database.from_settings(line_settings(module_database_url))
    yield status_app(database, CollectorRegistry())
    database.dispose()


@bounded
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "X"]),
    path=st.sampled_from(["/health", "/ready", "/metrics", "/", "/metrics/", "/%00", "/..%2fx"]),
    query=st.binary(max_size=20),
    body=st.binary(max_size=50),
)
def test_the_inner_port(
    inner: Starlette, method: str, path: str, query: bytes, body: bytes
) -> None:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=inner)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside") as http:
            return await http.request(method, f"{path}?{quote(query)}", content=body)

    answer = asyncio.run(asked())
    known = path in {"/health", "/ready", "/metrics"}
    expected = 404 if not known else 200 if method in {"GET", "HEAD"} else 405
    assert answer.status_code in {expected, 307}, path
    if expected == 200 and path == "/metrics" and method == "GET":
        assert "pti_" in answer.text


def test_every_route_is_in_the_document(module_database_url: str) -> None:
    """A new one is searched too."""
    app: Any = create_app(line_settings(module_database_url))
    while not hasattr(app, "routes"):
        app = app.app if hasattr(app, "app") else app._app
    found = {route.path for route in app.routes if isinstance(route, Route)}
    assert found == set(document()["paths"])


def test_the_document_and_the_schema_of_the_line_are_one() -> None:
    """The document leaves out most topics, and what only another kind of schema can say."""
    ours = document()["components"]["schemas"]["Call"]
    theirs = json.loads(SCHEMA.read_text("utf-8"))
    assert set(ours["required"]) == set(theirs["required"])
    assert set(ours["properties"]) == set(theirs["properties"])
    for name in ("language", "channel", "reason"):
        assert set(ours["properties"][name]["enum"]) <= set(theirs["properties"][name]["enum"])
