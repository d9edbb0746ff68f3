"""A CURP or an NSS that somebody gives in the chat."""

from __future__ import annotations

import pytest

from bot.programme.curp import check_digit_of
from tests.conversations.person import Person

BODY = "GOMC560626HDFNRR0"
VALID = BODY + check_digit_of(BODY)


def with_digit(body: str) -> str:
    return body + check_digit_of(body)


def test_a_good_curp_is_read_back(person: Person) -> None:
    person.says(f"mi curp es {VALID}")
    person.hears("curp_valid")
    assert "26 de junio de 1956" in person.answer.text
    assert "hombre" in person.answer.text
    assert "RENAPO" in person.answer.text
    assert VALID not in person.answer.text


def test_a_curp_alone_in_pieces(person: Person) -> None:
    person.says(
        "esta bien mi curp? " + " ".join([VALID[:4], VALID[4:10], VALID[10:16], VALID[16:]])
    )
    person.hears("curp_valid")


def test_in_english(person: Person) -> None:
    person.says(f"can you check my curp {VALID}")
    person.hears("curp_valid")
    assert "June 26, 1956" in person.answer.text
    assert "man" in person.answer.text


@pytest.mark.parametrize(
    ("curp", "answer"),
    [
        (VALID[:-1], "curp_problem_length"),
        (VALID + "77", "curp_problem_length"),
        (BODY + str((int(VALID[-1]) + 1) % 10), "curp_problem_check_digit"),
        (with_digit("GOMC561326HDFNRR0"), "curp_problem_date"),
        (with_digit("GOMC560231HDFNRR0"), "curp_problem_date"),
        (with_digit("GOMC560626HZZNRR0"), "curp_problem_state"),
        (with_digit("GOMC560626KDFNRR0"), "curp_problem_sex"),
        (VALID.replace("0", "O", 1), "curp_problem_letter_for_digit"),
        (with_digit("GBMC560626HDFNRR0"), "curp_warning"),
        (with_digit("PEDO560626HDFNRR0"), "curp_warning"),
        (with_digit("GOMC560626XNENRR0"), "curp_valid"),
    ],
)
def test_what_is_wrong_is_said(person: Person, curp: str, answer: str) -> None:
    person.says(f"revise por favor si mi curp {curp} esta bien escrita")
    person.hears(answer)


def test_a_curp_is_asked_for_and_then_checked(person: Person) -> None:
    person.says("quiero revisar si mi curp esta bien escrita")
    person.hears("ask_curp_to_check")
    person.says(VALID)
    person.hears("curp_valid")


def test_a_confused_letter_is_pointed_out(person: Person) -> None:
    person.says(f"mi curp es {VALID.replace('0', 'O', 1)} esta bien?")
    assert VALID in person.answer.text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("mi nss es 72159904563 esta bien?", "nss_valid"),
        ("72159904563", "nss_valid"),
        ("72-15-99-0456-3 es mi nss, esta bien escrito?", "nss_valid"),
        ("revise mi nss 72159904564", "nss_problem_check_digit"),
        ("revise mi nss 00000000000", "nss_problem_check_digit"),
        ("revise mi nss 7215990456 por favor", "nss_problem_length"),
        ("revise si esta bien mi nss 7215990456O", "nss_problem_alphabet"),
    ],
)
def test_an_nss(person: Person, said: str, answer: str) -> None:
    person.says(said)
    person.hears(answer)


def test_an_nss_is_asked_for_and_then_checked(person: Person) -> None:
    person.says("quiero checar si mi nss esta bien")
    person.hears("ask_nss_to_check")
    person.says("72159904563")
    person.hears("nss_valid")


@pytest.mark.parametrize(
    "said", ["123-45-6789", "mi nss es 123-45-6789", "mi numero es 123456789", "123 45 6789"]
)
def test_a_us_number_is_refused_and_never_repeated(person: Person, said: str) -> None:
    person.says(said)
    person.hears("nss_problem_us_ssn")
    assert "6789" not in person.written()
    assert "no lo guardamos" in person.answer.text
