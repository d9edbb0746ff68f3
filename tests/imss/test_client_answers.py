"""The client believes nothing that the contract does not have."""

from __future__ import annotations

import json
import socket
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot.imss.client import ImssClient
from bot.imss.errors import (
    BadAnswer,
    NotFound,
    Rejected,
    ServiceError,
    ServiceUnavailable,
    Unauthorised,
)
from bot.imss.transport import MOST_ANSWER_BYTES, Patience
from tests.imss.raw_server import http, json_answer, raw_server

LINE: dict[str, Any] = {
    "capture_line": "PRUEBA-NO-PAGAR-7H2K9Q4M",
    "folio": "PRUEBA-000123",
    "state": "issued",
    "currency": "MXN",
    "amount": "1969.34",
    "first_month": "2026-07",
    "last_month": "2026-07",
    "issued_at": "2026-06-10T12:00:00-06:00",
    "pay_by": "2026-06-20",
    "paid_at": None,
    "replaces": None,
    "test": True,
}
PROBLEM = {"type": "urn:x", "title": "X", "status": 422, "code": "curp_unknown"}


def client(url: str, **options: Any) -> ImssClient:
    return ImssClient(url, "token", Patience(1, 1, 3), **{"accept_test": True, **options})


def ask(answer: bytes, **options: Any) -> Any:
    with raw_server(answer) as server:
        return client(server.url, **options).issue_capture_line("PRUEBA-000123", "key-00000001")


def test_an_answer_that_fits_and_has_more_members() -> None:
    line = ask(json_answer({**LINE, "something": "new"}))
    assert (line.capture_line, str(line.amount)) == (LINE["capture_line"], "1969.34")
    assert str(line.first_month) == "2026-07"
    assert line.issued_at.utcoffset() is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 1969.34},
        {"amount": "1,969.34"},
        {"amount": "-1.00"},
        {"amount": "NaN"},
        {"currency": "USD"},
        {"first_month": "2026-13"},
        {"pay_by": "2026-02-30"},
        {"issued_at": "yesterday"},
        {"paid_at": "2026-06-10"},
        {"state": "forgotten"},
        {"capture_line": ""},
        {"capture_line": None},
        {"folio": 7},
        {"test": "yes"},
    ],
)
def test_a_member_of_another_kind(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        ask(json_answer({**LINE, **wrong}))


@pytest.mark.parametrize("missing", LINE)
def test_a_member_that_is_missing(missing: str) -> None:
    with pytest.raises(BadAnswer):
        ask(json_answer({name: value for name, value in LINE.items() if name != missing}))


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b""),
        b"HTTP/1.1 200",
        http(200, b"<html>Mantenimiento</html>"),
        http(200, b'{"capture_line": '),
        http(200, b"\xff\xfe\x00"),
        http(200, b"[" * 50_000),
        http(200, b"null"),
        http(200, b"[]"),
        http(200, b'"' + b"x" * MOST_ANSWER_BYTES + b'"'),
        http(200, zlib.compress(b" " * 50_000_000), "Content-Encoding: deflate"),
        http(200, json.dumps(LINE).encode() + b" " * MOST_ANSWER_BYTES),
        http(204, b""),
        http(302, b"", "Location: http://127.0.0.1:9/elsewhere"),
        http(400, b"<html>Bad Request</html>"),
        http(404, b"<html>Not Found</html>"),
        json_answer({"code": "Not A Code"}, 404),
        json_answer({**PROBLEM, "code": "path_unknown"}, 404),
    ],
)
def test_an_answer_that_is_none(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        ask(answer)


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (json_answer(PROBLEM, 401), Unauthorised, "status_401"),
        (http(403, b"no"), Unauthorised, "status_403"),
        (json_answer({**PROBLEM, "code": "folio_unknown"}, 404), NotFound, "folio_unknown"),
        (json_answer(PROBLEM, 422), Rejected, "curp_unknown"),
        (json_answer({**PROBLEM, "code": "already_registered"}, 409), Rejected, "already_regist"),
        (http(429, b"", "Retry-After: 7"), ServiceUnavailable, "status_429"),
        (http(503, b"<html>", "Retry-After: soon"), ServiceUnavailable, "status_503"),
    ],
)
def test_the_kind_of_each_status(answer: bytes, kind: type[ServiceError], text: str) -> None:
    with pytest.raises(kind, match=text):
        ask(answer)


def test_how_long_to_wait_is_told() -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        ask(http(429, b"", "Retry-After: 7"))
    assert caught.value.retry_after == 7


def test_which_fields_do_not_fit_is_told() -> None:
    fields = [{"pointer": "/contact/phone", "rule": "pattern"}]
    with pytest.raises(Rejected) as caught:
        ask(json_answer({**PROBLEM, "fields": fields}, 422))
    assert caught.value.fields == ("/contact/phone",)


def test_a_test_answer_is_not_believed_where_people_are_served() -> None:
    with pytest.raises(BadAnswer, match="test_answer"):
        ask(json_answer(LINE), accept_test=False)
    assert not ask(json_answer({**LINE, "test": False}), accept_test=False).test


@pytest.mark.parametrize("answer", [b"", b"hello\r\n\r\n", http(200, b"{", length=500)])
def test_a_connection_that_ends_too_soon(answer: bytes) -> None:
    with pytest.raises(ServiceUnavailable, match="connection"):
        ask(answer)


def test_nobody_listens() -> None:
    with raw_server(b"") as server:
        url = server.url
    with pytest.raises(ServiceUnavailable, match="connection"):
        client(url).registration("PRUEBA-000123")


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 X\r\nX: ", b"HTTP/1.1 200 X\r\n\r\n"])
def test_an_answer_that_never_ends(start: bytes) -> None:
    """One byte now and then keeps every timeout of the connection from passing."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(200):  # ten seconds: long enough, and a failing test ends
            if over.wait(0.05):
                return
            connection.sendall(b"x")

    with raw_server(drip) as server:
        patient = ImssClient(server.url, "token", Patience(1, 0.5, 1), accept_test=True)
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="timeout"):
            patient.registration("PRUEBA-000123")
        assert time.monotonic() - began < 3
        over.set()


def test_silence() -> None:
    over = threading.Event()
    with raw_server(lambda _: over.wait(30) and None) as server:
        patient = ImssClient(server.url, "token", Patience(1, 0.2, 10), accept_test=True)
        with pytest.raises(ServiceUnavailable, match="timeout"):
            patient.registration("PRUEBA-000123")
        assert len(server.requests) == 3
        over.set()


def test_what_is_sent() -> None:
    with raw_server(json_answer(LINE)) as server:
        client(server.url).issue_capture_line("A/../B?c", "key-00000001")
    request = server.requests[0].decode()
    assert request.startswith("POST /v1/registrations/A%2F..%2FB%3Fc/capture-lines HTTP/1.1\r\n")
    assert "Authorization: Bearer token\r\n" in request
    assert "Idempotency-Key: key-00000001\r\n" in request


def test_a_netrc_does_not_take_the_place_of_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with raw_server(json_answer(LINE)) as server:
        client(server.url).issue_capture_line("PRUEBA-000123", "key-00000001")
    assert b"Authorization: Bearer token\r\n" in server.requests[0]


def test_a_cookie_is_not_kept() -> None:
    answer = json_answer(LINE).replace(b"\r\n", b"\r\nSet-Cookie: person=1\r\n", 1)
    with raw_server(answer) as server:
        asking = client(server.url)
        for number in range(2):
            asking.issue_capture_line("PRUEBA-000123", f"key-0000000{number}")
    assert len(server.requests) == 2
    assert b"ookie" not in server.requests[1]
