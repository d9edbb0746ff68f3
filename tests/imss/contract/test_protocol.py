"""Contract: who may call, and what is no call at all."""

from __future__ import annotations

import pytest
import requests

from bot.imss.contract import operations
from tests.imss.contract.conftest import Implementation, new_key, says_no

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("operation", operations(), ids=lambda op: op.id)
@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", "Basic dG9rZW4="])
def test_nobody_calls_without_the_token(
    implementation: Implementation, operation: object, given: str | None
) -> None:
    method, path = operation.method, operation.path  # type: ignore[attr-defined]
    answer = implementation.call(method, path, {}, headers={"Authorization": given})
    says_no(answer, 401, "unauthorised")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"curp": NaN}',
        b'{"curp": "\\ud800"}',
        b"[" * 20_000,
        b"null",
        b"[]",
        b'"XEXA850315MNEXXA04"',
    ],
)
def test_what_is_no_json_object(implementation: Implementation, content: bytes) -> None:
    answer = implementation.call("POST", "/v1/curp-validations", headers=JSON, data=content)
    says_no(answer, 400, "request_not_valid")


def test_a_body_of_another_kind(implementation: Implementation) -> None:
    text = {"Content-Type": "text/plain"}
    answer = implementation.call("POST", "/v1/curp-validations", headers=text, data=b"{}")
    says_no(answer, 415, "media_type_not_supported")


def test_a_body_without_end(implementation: Implementation) -> None:
    body = b'{"curp": "' + b"X" * 2_000_000
    try:
        answer = implementation.call("POST", "/v1/curp-validations", headers=JSON, data=body)
    except requests.ConnectionError:
        return  # hanging up on it is an answer too
    says_no(answer, 413, "request_too_large")


def test_paths_and_methods_that_are_not_there(implementation: Implementation) -> None:
    says_no(implementation.call("GET", "/v1/people"), 404, "path_unknown")
    says_no(implementation.call("GET", "/v1/registrations"), 405, "method_not_allowed")
    folio = implementation.register()
    gone = implementation.call("DELETE", f"/v1/registrations/{folio}", key=new_key())
    says_no(gone, 405, "method_not_allowed")
