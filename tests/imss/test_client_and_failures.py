"""The client against the sandbox when things go wrong: one registration, one line, one answer."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imss.circuit_breaker import CircuitBreaker
from bot.imss.client import ImssClient, idempotency_key
from bot.imss.errors import BadAnswer, Rejected, ServiceUnavailable, Unauthorised
from bot.imss.models import RegistrationChange
from bot.imss.transport import Patience
from tests.imss.contract.conftest import new_key
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import TOKEN, Sandbox

QUICK = Patience(1, 0.5, 2.5)


def registered(sandbox: Sandbox) -> str:
    return sandbox.client().register(new_person().request(), new_key()).folio


@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_registers_once(sandbox: Sandbox, times: int) -> None:
    before = sandbox.count("registrations")
    sandbox.behave("lose_answer", times=times, operation="register")
    registration = sandbox.client().register(new_person().request(), new_key())
    assert registration.version == 1
    assert sandbox.calls("register") == times + 1
    assert sandbox.count("registrations") == before + 1


def test_a_lost_answer_issues_one_line(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    sandbox.behave("lose_answer", operation="issueCaptureLine")
    line = sandbox.client().issue_capture_line(folio, new_key())
    assert sandbox.calls("issueCaptureLine") == 2
    assert sandbox.count("capture_lines", folio) == 1
    assert sandbox.client().registration(folio).capture_line == line


def test_a_lost_answer_changes_once(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    sandbox.behave("lose_answer", operation="changeRegistration")
    change = RegistrationChange(contribution_period=6)
    assert sandbox.client().change_registration(folio, change, new_key()).version == 2


def test_answers_that_are_lost_for_good_can_be_fetched_later(sandbox: Sandbox) -> None:
    """Every try of a call is lost; the same wish, later, finds what was done."""
    before, key, request = sandbox.count("registrations"), new_key(), new_person().request()
    sandbox.behave("lose_answer", times=3, operation="register")
    with pytest.raises(ServiceUnavailable, match="connection"):
        sandbox.client().register(request, key)
    registration = sandbox.client().register(request, key)
    assert sandbox.client().registration(registration.folio) == registration
    assert sandbox.count("registrations") == before + 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_slow_answer_is_asked_for_again(sandbox: Sandbox, moment: str) -> None:
    folio = registered(sandbox)
    sandbox.behave("slow", seconds=20, moment=moment, operation="issueCaptureLine")
    line = sandbox.client(QUICK).issue_capture_line(folio, new_key())
    assert sandbox.calls("issueCaptureLine") == 2
    assert sandbox.count("capture_lines", folio) == 1
    assert line.folio == folio


def test_a_call_ends_in_time_when_the_service_does_not(sandbox: Sandbox) -> None:
    sandbox.behave("slow", seconds=20, times=3, operation="findClinics")
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="timeout"):
        sandbox.client(QUICK).clinics("58000")
    assert time.monotonic() - began < QUICK.total + 1.5


@pytest.mark.parametrize("kind", ["close", "status"])
def test_two_failures_are_got_over_and_three_are_told(sandbox: Sandbox, kind: str) -> None:
    sandbox.behave(kind, times=2, operation="findClinics")
    assert sandbox.client().clinics("58000")
    sandbox.behave(kind, times=3, operation="findClinics")
    with pytest.raises(ServiceUnavailable) as caught:
        sandbox.client().clinics("58000")
    assert caught.value.reason == {"close": "connection", "status": "status_503"}[kind]
    assert caught.value.retry_after == {"close": None, "status": 5}[kind]
    assert sandbox.calls("findClinics") == 6


def test_an_internal_error_is_tried_again(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    sandbox.behave("status", status=500, operation="issueCaptureLine")
    assert sandbox.client().issue_capture_line(folio, new_key()).state == "issued"


def test_too_many_requests_are_not_made_more(sandbox: Sandbox) -> None:
    sandbox.behave("status", status=429, operation="findClinics")
    with pytest.raises(ServiceUnavailable, match="status_429"):
        sandbox.client().clinics("58000")
    assert sandbox.calls("findClinics") == 1


def test_a_refusal_is_not_tried_again(sandbox: Sandbox) -> None:
    sandbox.behave("curp_unknown", operation="register")
    with pytest.raises(Rejected) as caught:
        sandbox.client().register(new_person().request(), new_key())
    assert caught.value.code == "curp_unknown"
    assert sandbox.calls("register") == 1
    sandbox.behave("curp_unknown", operation="validateCurp")
    answer = sandbox.client().validate_curp(new_person().curp)
    assert (answer.status, answer.birth_date) == ("unknown", None)


def test_another_token(sandbox: Sandbox) -> None:
    with pytest.raises(Unauthorised):
        ImssClient(sandbox.url, "another", accept_test=True).clinics("58000")


def test_the_sandbox_is_not_believed_in_production(sandbox: Sandbox) -> None:
    with pytest.raises(BadAnswer, match="test_answer"):
        sandbox.client(accept_test=False).clinics("58000")


def test_the_breaker_spares_a_failing_service_and_finds_it_back(sandbox: Sandbox) -> None:
    now = [0.0]
    client = sandbox.client(breaker=CircuitBreaker(2, 30, lambda: now[0]))
    sandbox.behave("status", times=9, operation="findClinics")
    for _ in range(2):
        with pytest.raises(ServiceUnavailable, match="status_503"):
            client.clinics("58000")
    with pytest.raises(ServiceUnavailable, match="circuit_open") as caught:
        client.clinics("58000")
    assert (caught.value.retry_after, sandbox.calls("findClinics")) == (30, 6)
    now[0] = 30
    with pytest.raises(ServiceUnavailable, match="status_503"):
        client.clinics("58000")
    now[0] = 60
    assert client.clinics("58000")
    assert client.clinics("58000")


def test_twenty_threads_with_one_client_get_one_line(sandbox: Sandbox) -> None:
    folio, client = registered(sandbox), sandbox.client(Patience(10, 20, 40))
    sandbox.behave("lose_answer", times=3, operation="issueCaptureLine")
    with ThreadPoolExecutor(20) as pool:
        lines = list(pool.map(lambda _: client.issue_capture_line(folio, new_key()), range(20)))
    assert len({line.capture_line for line in lines}) == 1
    assert sandbox.count("capture_lines", folio) == 1


def test_a_key_says_which_wish_it_is() -> None:
    assert idempotency_key("inbox", 7, "register") == idempotency_key("inbox", "7", "register")
    assert idempotency_key("inbox", 7, "register") != idempotency_key("inbox", 7, "issue")
    assert idempotency_key("a", "bc") != idempotency_key("ab", "c")


LOUD = """
import logging, os, sys
from bot.logs import set_up_logging
set_up_logging("DEBUG", "test")
from bot.imss.errors import ServiceError
from tests.imss.made_up import new_person
from bot.imss.client import ImssClient
client = ImssClient(sys.argv[1], sys.argv[2], accept_test=True)
for _ in range(5000):  # past the people of the tests beside it
    person = new_person()
try:
    folio = client.register(person.request(), sys.argv[3]).folio
    client.issue_capture_line(folio, sys.argv[3] + "2")
    client.clinics("58000")
    client.registration("PRUEBA-SECRET")
except ServiceError:
    logging.exception("it ended")
print(person.curp, person.nss, folio)
"""


def test_nothing_of_a_person_is_logged(sandbox: Sandbox) -> None:
    for operation in ("register", "issueCaptureLine", "findClinics", "readRegistration"):
        sandbox.behave("lose_answer", operation=operation)
    command = [sys.executable, "-W", "ignore", "-c", LOUD, sandbox.url, TOKEN, new_key()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    curp, nss, folio = run.stdout.split()
    assert "register: done" in run.stderr
    assert "readRegistration: NotFound" in run.stderr
    logged = run.stderr + sandbox.log()
    found = [
        secret
        for secret in (curp, nss, folio, "PRUEBA-", "58000", "3125550123", "12345.67", "Xóchitl")
        if secret in logged
    ]
    assert found == []
