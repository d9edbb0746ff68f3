"""The implementation under test: the sandbox, or any other that the environment names.

PTI_IMSS_CONTRACT_URL and PTI_IMSS_CONTRACT_TOKEN point these tests elsewhere; no test in this
folder knows the sandbox. PTI_IMSS_CONTRACT_PEOPLE gives test people (see `made_up.new_person`).
"""

from __future__ import annotations

import itertools
import os
import re
import secrets
from typing import Any

import pytest
import requests

from bot.imss.contract import contract, misfits, operations
from tests.imss.made_up import MadeUp, new_person
from tests.imss.sandbox_process import TOKEN, Sandbox

SECONDS = 30
_RUN = secrets.token_hex(6)  # keys of an earlier run are kept by the service
_KEYS = itertools.count()


def new_key() -> str:
    """An idempotency key that was not used before."""
    return f"contract-{_RUN}-{next(_KEYS)}"


class Implementation:
    """Calls an implementation and checks each answer against the contract."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str | None] | None = None,
        **options: Any,
    ) -> requests.Response:
        """One call. A header that is None is left out."""
        sent = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key, **(headers or {})}
        given = {name: value for name, value in sent.items() if value is not None}
        if body is not None:
            options["json"] = body
        answer = requests.request(
            method, self._url + path, headers=given, timeout=SECONDS, **options
        )
        _check(method, path, answer)
        return answer

    def register(self, person: MadeUp | None = None, **changes: Any) -> str:
        """The folio of a new registration."""
        data = (person or new_person()).registration(**changes)
        answer = self.call("POST", "/v1/registrations", data, key=new_key())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["folio"])

    def issue(self, folio: str, key: str | None = None) -> requests.Response:
        """Asks for the line of a registration."""
        path = f"/v1/registrations/{folio}/capture-lines"
        return self.call("POST", path, key=key or new_key())

    def change(self, folio: str, **members: Any) -> requests.Response:
        """Changes a registration."""
        return self.call("PATCH", f"/v1/registrations/{folio}", members, key=new_key())


def says_no(answer: requests.Response, status: int, code: str) -> None:
    """The answer is that problem."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def _check(method: str, path: str, answer: requests.Response) -> None:
    """Every answer is one that the contract has."""
    media_type = answer.headers["content-type"].partition(";")[0]
    if answer.status_code >= 400:
        assert media_type == "application/problem+json"
        assert misfits("Problem", answer.json()) == []
        assert answer.json()["status"] == answer.status_code
        return
    assert media_type == "application/json"
    operation = next(
        op for op in operations() if op.method == method and _fits(op.path, path.partition("?")[0])
    )
    entry = contract()["paths"][operation.path][method.lower()]
    schema = entry["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    assert misfits(schema["$ref"].rpartition("/")[2], answer.json()) == []


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


@pytest.fixture(scope="session")
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """The implementation under test."""
    url = os.environ.get("PTI_IMSS_CONTRACT_URL")
    if url:
        return Implementation(url, os.environ["PTI_IMSS_CONTRACT_TOKEN"])
    sandbox: Sandbox = request.getfixturevalue("running_sandbox")
    return Implementation(sandbox.url, TOKEN)
