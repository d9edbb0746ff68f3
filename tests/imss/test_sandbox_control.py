"""The control interface: a token of its own, and nothing but what it knows."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.imss.sandbox_process import CONTROL_TOKEN, TOKEN, Sandbox


@pytest.mark.parametrize("token", ["", TOKEN, "wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sandbox/behaviour"),
        ("POST", "/sandbox/behaviour"),
        ("DELETE", "/sandbox/behaviour"),
        ("PUT", "/sandbox/clock"),
        ("PUT", "/sandbox/capture-lines/X"),
    ],
)
def test_control_has_a_token_of_its_own(
    sandbox: Sandbox, method: str, path: str, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.request(method, sandbox.url + path, headers=headers, json={}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


def test_the_token_of_control_opens_nothing_else(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
    url = f"{sandbox.url}/v1/clinics?postal_code=58000"
    assert requests.get(url, headers=headers, timeout=30).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "behaviour", {}),
        ("POST", "behaviour", {"kind": "explode"}),
        ("POST", "behaviour", {"kind": "slow", "seconds": -1}),
        ("POST", "behaviour", {"kind": "slow", "seconds": "1"}),
        ("POST", "behaviour", {"kind": "slow", "moment": "never"}),
        ("POST", "behaviour", {"kind": "close", "times": 0}),
        ("POST", "behaviour", {"kind": "status", "status": 200}),
        ("POST", "behaviour", {"kind": "close", "more": 1}),
        ("POST", "behaviour", [1]),
        ("PUT", "clock", {"now": "tomorrow"}),
        ("PUT", "clock", []),
        ("PUT", "capture-lines/X", {"state": "void"}),
        ("PUT", "capture-lines/X", []),
    ],
)
def test_control_refuses_what_it_does_not_know(
    sandbox: Sandbox, method: str, path: str, body: Any
) -> None:
    headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
    url = f"{sandbox.url}/sandbox/{path}"
    answer = requests.request(method, url, headers=headers, json=body, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_not_valid")
