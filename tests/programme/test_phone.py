"""Phone numbers of the United States and Mexico, typed and said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.field_text import Problem
from bot.programme.phone import Phone, masked_phone, read_country, read_phone
from bot.programme.spoken_digits import with_digits

READ = [
    ("(213) 555-0143", "+12135550143"),
    ("213-555-0143", "+12135550143"),
    ("2135550143", "+12135550143"),
    ("213.555.0143", "+12135550143"),
    ("+1 312 555 0143", "+13125550143"),
    ("1 312 555 0143", "+13125550143"),
    ("001 312 555 0143", "+13125550143"),
    ("(312) 555-0143", "+13125550143"),
    ("312 555 0143 de estados unidos", "+13125550143"),
    ("mi cel de México es 312 555 0143", "+523125550143"),
    ("dos uno tres cinco cinco cinco cero uno cuatro tres", "+12135550143"),
    ("dos uno tres, cinco cinco cinco, cero uno cuatro tres", "+12135550143"),
    ("two one three five five five oh one four three", "+12135550143"),
    ("doscientos trece triple cinco cero uno cuarenta y tres", "+12135550143"),
    ("cincuenta y cinco cuarenta y uno sesenta y seis cincuenta y cuatro quince", "+525541665415"),
    ("+52 55 4166 5415", "+525541665415"),
    ("+52 1 55 4166 5415", "+525541665415"),
    ("52 55 4166 5415", "+525541665415"),
    ("55 4166 5415", "+525541665415"),
    ("55-41-66-54-15", "+525541665415"),
    ("044 55 4166 5415", "+525541665415"),
    ("045 55 4166 5415", "+525541665415"),
    ("01 55 4166 5415", "+525541665415"),
    ("011 52 55 4166 5415", "+525541665415"),
    ("００５２５５４１６６５４１５", "+525541665415"),
    ("mi tel es 55 4166 5415, gracias", "+525541665415"),
    ("55 4166 5415 o sea 5541665415", "+525541665415"),
    ("55\n4166\n5415", "+525541665415"),
    ("correo a1234567890@b.com tel 213 555 0143", "+12135550143"),
    ("+1 787 555 1234", "+17875551234"),
]
REFUSED = {
    "312 555 0143": "ambiguous_country",
    "three one two five five five oh one four three": "ambiguous_country",
    "555-0143": "area_code_missing",
    "4166 5415": "area_code_missing",
    "123-45-6789": "us_ssn",
    "123456789": "us_ssn",
    "123 45 6789": "us_ssn",
    "72159904563": "nss_for_phone",
    "12": "too_short",
    "+44 20 7946 0958": "other_country",
    "+1 416 555 0143": "other_country",
    "+34 600 123 456": "other_country",
    "0000000000": "not_valid",
    "1111111111": "not_valid",
    "+52 00 0000 0000": "not_valid",
    "+52 12": "too_short",
    "213 555 0143 o 55 4166 5415": "several_values",
    "2135550143 5541665415": "several_values",
    "99999999999999999999999": "too_many_digits",
    "no tengo": "not_known",
    "hola": "none_found",
    "ana@example.com": "none_found",
}


@pytest.mark.parametrize(("text", "e164"), READ)
def test_read(text: str, e164: str) -> None:
    phone = read_phone(text)
    assert isinstance(phone, Phone), phone
    assert phone.e164 == e164
    assert phone.country == ("MX" if e164.startswith("+52") else "US")


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_refused(text: str, code: str) -> None:
    problem = read_phone(text)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_a_guess_by_the_way_of_writing_says_that_it_is_one() -> None:
    guessed, certain = read_phone("(312) 555-0143"), read_phone("(213) 555-0143")
    assert isinstance(guessed, Phone)
    assert isinstance(certain, Phone)
    assert (guessed.guessed, certain.guessed) == (True, False)


def test_the_answer_about_the_country_settles_an_open_number() -> None:
    problem = read_phone("312 555 0143")
    assert isinstance(problem, Problem)
    for country, e164 in (("US", "+13125550143"), ("MX", "+523125550143")):
        phone = read_phone(problem.detail["digits"], country)  # type: ignore[arg-type]
        assert isinstance(phone, Phone)
        assert phone.e164 == e164


def test_a_country_whose_numbers_are_otherwise() -> None:
    assert read_phone("55 4166 5415", "US") == Problem("not_valid", {"country": "US"})


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("de estados unidos", "US"),
        ("USA", "US"),
        ("del gabacho", "US"),
        ("México", "MX"),
        ("es mexicano", "MX"),
    ],
)
def test_country(text: str, country: str) -> None:
    assert read_country(text) == country


def test_no_ssn_is_in_what_is_refused() -> None:
    problem = read_phone("123-45-6789")
    assert isinstance(problem, Problem)
    assert not problem.detail


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("doble cero", "0 0"),
        ("double five", "5 5"),
        ("doble nacionalidad", "doble nacionalidad"),
        ("trescientos doce", "312"),
        ("213 cinco cinco", "213 5 5"),
    ],
)
def test_spoken_digits(text: str, digits: str) -> None:
    assert with_digits(text) == digits


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[2-9][0-9]{9}", fullmatch=True), st.sampled_from(["US", "MX"]))
def test_what_is_read_reads_back_as_itself(digits: str, country: str) -> None:
    phone = read_phone(digits, country)  # type: ignore[arg-type]
    if isinstance(phone, Phone):
        assert phone.e164.endswith(digits)
        assert read_phone(phone.e164) == phone
        assert digits[:-2] not in masked_phone(phone)
        assert digits[2:] not in repr(phone)


def test_masked() -> None:
    assert masked_phone(Phone("+13125550143", "US")) == "+1 ********43"
