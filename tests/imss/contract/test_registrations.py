"""Contract: registering once whatever happens, reading back masked, changing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.imss.contract.conftest import Implementation, new_key, says_no
from tests.imss.made_up import new_person


def test_registering_gives_a_folio_and_can_be_read_back(implementation: Implementation) -> None:
    person = new_person()
    answer = implementation.call("POST", "/v1/registrations", person.registration(), key=new_key())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/registrations/{answer.json()['folio']}"
    read = implementation.call("GET", answer.headers["Location"])
    assert read.json() == answer.json()
    assert (read.json()["version"], read.json()["capture_line"]) == (1, None)


def test_what_is_read_back_is_masked(implementation: Implementation) -> None:
    person = new_person()
    text = implementation.call(
        "POST", "/v1/registrations", person.registration(), key=new_key()
    ).text
    for secret in (person.curp, person.nss, person.full_name, "3125550123", "Calle que no"):
        assert secret not in text
    assert person.curp[-2:] in text


def test_the_same_key_and_data_register_once(implementation: Implementation) -> None:
    key, data = new_key(), new_person().registration()
    first = implementation.call("POST", "/v1/registrations", data, key=key)
    turned = dict(reversed(list(data.items())))
    again = implementation.call("POST", "/v1/registrations", turned, key=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.headers["Location"] == again.headers["Location"]


def test_the_same_key_at_once_registers_once(implementation: Implementation) -> None:
    key, data = new_key(), new_person().registration()

    def register(_: int) -> tuple[int, str]:
        answer = implementation.call("POST", "/v1/registrations", data, key=key)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(register, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201


def test_a_key_is_good_for_one_call(implementation: Implementation) -> None:
    key, person = new_key(), new_person()
    first = implementation.call("POST", "/v1/registrations", person.registration(), key=key)
    other = person.registration(occupation="Cocina")
    says_no(
        implementation.call("POST", "/v1/registrations", other, key=key),
        422,
        "idempotency_key_reused",
    )
    elsewhere = implementation.issue(first.json()["folio"], key)
    says_no(elsewhere, 422, "idempotency_key_reused")


def test_a_call_that_was_refused_leaves_its_key_unused(implementation: Implementation) -> None:
    key, person = new_key(), new_person()
    wrong = person.registration(monthly_income="0.00")
    answer = implementation.call("POST", "/v1/registrations", wrong, key=key)
    says_no(answer, 422, "income_not_positive")
    right = implementation.call("POST", "/v1/registrations", person.registration(), key=key)
    assert right.status_code == 201


def test_a_change_needs_a_key(implementation: Implementation) -> None:
    folio = implementation.register()
    for method, path, body in (
        ("POST", "/v1/registrations", new_person().registration()),
        ("PATCH", f"/v1/registrations/{folio}", {"infonavit": True}),
        ("POST", f"/v1/registrations/{folio}/capture-lines", None),
    ):
        says_no(implementation.call(method, path, body), 400, "idempotency_key_missing")
        short = implementation.call(method, path, body, key="short")
        says_no(short, 400, "request_not_valid")


def test_a_person_registers_once(implementation: Implementation) -> None:
    person = new_person()
    folio = implementation.register(person)
    again = implementation.call("POST", "/v1/registrations", person.registration(), key=new_key())
    says_no(again, 409, "already_registered")
    assert folio not in again.text, "a CURP is no proof of being its owner"


def test_an_nss_of_somebody_else(implementation: Implementation) -> None:
    registered, other = new_person(), new_person()
    implementation.register(registered)
    data = other.registration()
    data["person"]["nss"] = registered.nss
    answer = implementation.call("POST", "/v1/registrations", data, key=new_key())
    says_no(answer, 422, "nss_of_other_person")


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/person/curp", {"person": {"curp": "XEXX", "nss": "99008512347", "full_name": "X"}}),
        ("/contact/phone", {"contact": {"phone": "3125550123", "email": "a@example.org"}}),
        ("/contact/email", {"contact": {"phone": "+13125550123", "email": "a@example"}}),
        ("/occupation", {"occupation": ""}),
        ("/occupation", {"occupation": "a\nb"}),
        ("/occupation", {"occupation": "x" * 81}),
        ("/occupation", {"occupation": None}),
        ("/", {"occupation": "half a \ud83d pair"}),
        ("/beneficiaries/0/age", {"beneficiaries": [{"kinship": "child", "age": -1}]}),
        ("/beneficiaries/0/age", {"beneficiaries": [{"kinship": "child", "age": 9.5}]}),
        ("/beneficiaries/0/kinship", {"beneficiaries": [{"kinship": "friend", "age": 9}]}),
        ("/contribution_period", {"contribution_period": 3}),
        ("/", {"migration_status": "none of our business"}),
        ("/", {"health": "none of our business"}),
    ],
)
def test_data_that_do_not_fit_are_named_and_not_repeated(
    implementation: Implementation, pointer: str, change: dict[str, Any]
) -> None:
    data = new_person().registration(**change)
    answer = implementation.call("POST", "/v1/registrations", data, key=new_key())
    says_no(answer, 400, "request_not_valid")
    assert pointer in {field["pointer"] for field in answer.json()["fields"]}
    assert "none of our business" not in answer.text


def test_without_consent_nothing_is_registered(implementation: Implementation) -> None:
    data = new_person().registration()
    without = {name: value for name, value in data.items() if name != "consent"}
    answer = implementation.call("POST", "/v1/registrations", without, key=new_key())
    says_no(answer, 400, "request_not_valid")
    data["consent"]["financial_data"] = False
    answer = implementation.call("POST", "/v1/registrations", data, key=new_key())
    says_no(answer, 400, "request_not_valid")


def test_a_change_replaces_what_is_given_and_keeps_the_rest(
    implementation: Implementation,
) -> None:
    folio = implementation.register()
    changed = implementation.change(folio, contribution_period=6, infonavit=True).json()
    assert (changed["contribution_period"], changed["infonavit"], changed["version"]) == (
        6,
        True,
        2,
    )
    assert changed["occupation"] == "Jardinería"
    assert implementation.call("GET", f"/v1/registrations/{folio}").json() == changed


def test_a_change_to_what_is_so_already_changes_nothing(implementation: Implementation) -> None:
    folio = implementation.register()
    line = implementation.issue(folio).json()
    same = implementation.change(folio, contribution_period=1).json()
    assert (same["version"], same["capture_line"]) == (1, line)


def test_the_curp_cannot_change(implementation: Implementation) -> None:
    folio, other = implementation.register(), new_person()
    person = other.registration()["person"]
    says_no(implementation.change(folio, person=person), 422, "curp_cannot_change")


def test_a_change_of_nothing_or_of_nobody(implementation: Implementation) -> None:
    folio = implementation.register()
    says_no(implementation.change(folio), 400, "request_not_valid")
    says_no(implementation.change("NO-SUCH-FOLIO", infonavit=True), 404, "folio_unknown")
    says_no(implementation.call("GET", "/v1/registrations/NO-SUCH-FOLIO"), 404, "folio_unknown")
