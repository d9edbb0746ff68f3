"""Contract: does a key belong to a person."""

from __future__ import annotations

from bot.programme.curp import check_curp
from tests.imss.contract.conftest import Implementation
from tests.imss.made_up import new_person


def _with_another_last_digit(key: str) -> str:
    return key[:-1] + str((int(key[-1]) + 1) % 10)


def test_a_curp_that_is_in_the_register(implementation: Implementation) -> None:
    curp = new_person().curp
    answer = implementation.call("POST", "/v1/curp-validations", {"curp": curp}).json()
    read = check_curp(curp)
    assert read.birth_date is not None
    assert (answer["status"], answer["birth_date"]) == ("found", read.birth_date.isoformat())
    assert (answer["sex"], answer["state_of_birth"]) == (read.sex, read.state)


def test_a_curp_with_a_wrong_check_digit(implementation: Implementation) -> None:
    curp = _with_another_last_digit(new_person().curp)
    answer = implementation.call("POST", "/v1/curp-validations", {"curp": curp})
    assert answer.status_code == 200
    assert answer.json()["status"] == "not_well_formed"
    assert answer.json()["birth_date"] is None


def test_an_nss_and_its_curp(implementation: Implementation) -> None:
    person = new_person()
    question = {"nss": person.nss, "curp": person.curp}
    answer = implementation.call("POST", "/v1/nss-validations", question).json()
    assert (answer["status"], answer["warnings"]) == ("matches", [])


def test_an_nss_with_a_wrong_check_digit(implementation: Implementation) -> None:
    person = new_person()
    question = {"nss": _with_another_last_digit(person.nss), "curp": person.curp}
    answer = implementation.call("POST", "/v1/nss-validations", question).json()
    assert answer["status"] == "not_well_formed"
