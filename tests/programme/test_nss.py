"""NSS, and the US number that must never be kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.nss import MASKED_SSN, check_nss, looks_like_ssn, without_ssn


def luhn(body: str) -> str:
    """The check digit of ten digits, computed here."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(body)]
    return str(-sum(value - 9 * (value > 9) for value in doubled) % 10)


@pytest.mark.parametrize("nss", ["12345678903", "01028512349", "72159904563"])
def test_the_facts_vectors(nss: str) -> None:
    report = check_nss(nss)
    assert (report.valid, report.nss, report.problems) == (True, nss, ())
    assert (report.subdelegation, report.registration_year_2, report.birth_year_2) == (
        nss[:2],
        nss[2:4],
        nss[4:6],
    )


@pytest.mark.parametrize(
    "written",
    [
        "7215 99 0456 3",
        "72-15-99-0456-3",
        " 72159904563\n",
        "７２１５９９０４５６３",
        "72 159904563",
        "72.15.99.0456.3",
    ],
)
def test_any_way_of_writing_it(written: str) -> None:
    assert check_nss(written).nss == "72159904563"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["length"]),
        ("7215990456", ["length"]),
        ("721599045631", ["length"]),
        ("no lo sé", ["length"]),
        ("72159904564", ["check_digit"]),
        ("00000000000", ["impossible_number"]),
        ("11111111111", ["impossible_number"]),
        ("00000000001", ["impossible_number"]),
        ("7215990456X", ["digit_expected"]),
        ("72I59904563", ["letter_for_digit"]),
    ],
)
def test_errors(text: str, expected: list[str]) -> None:
    report = check_nss(text)
    assert not report.valid
    assert [problem.code for problem in report.problems] == expected


def test_a_look_alike_letter_comes_with_a_suggestion() -> None:
    (problem,) = check_nss("72l59904563").problems
    assert (problem.position, problem.detail["suggestion"]) == (3, "72159904563")


SSNS = [
    "123-45-6789",
    "123456789",
    "123 45 6789",
    "123.45.6789",
    "123–45–6789",
    "１２３４５６７８９",
    "12345678\u200b9",
    "9OO-7O-1234",
    "my ssn is 123-45-6789",
    "000-00-0000",
    "912-70-1234",
]


@pytest.mark.parametrize("text", SSNS)
def test_a_us_number_is_refused_and_forgotten(text: str) -> None:
    report = check_nss(text)
    assert not report.valid
    assert report.nss is None
    assert [problem.code for problem in report.problems] == ["us_ssn"]
    everything = f"{report!r} {report} {[dict(p.detail) for p in report.problems]}"
    assert not any(character.isdigit() for character in everything)


@pytest.mark.parametrize(
    "text", [text for text in SSNS if "O" not in text] + ["soy 2 123-45-6789 gracias"]
)
def test_looks_like_ssn(text: str) -> None:
    assert looks_like_ssn(text)


@pytest.mark.parametrize(
    "text",
    [
        "72159904563",
        "72 159904563",
        "5541665415",
        "90210-1234",
        "12345678",
        "$1,234",
        "",
        "+52 55 4166 5415",
    ],
)
def test_does_not_look_like_ssn(text: str) -> None:
    assert not looks_like_ssn(text)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_the_right_digit_and_no_other(body: str) -> None:
    if set(body) == {"0"} or len(set(body + luhn(body))) == 1:
        return
    assert check_nss(body + luhn(body)).valid
    others = set("0123456789") - {luhn(body)}
    assert not any(check_nss(body + digit).valid for digit in others)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30))
def test_any_text_gets_a_report(text: str) -> None:
    report = check_nss(text)
    assert report.nss is None or len(report.nss) == 11


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{4}", fullmatch=True))
def test_nine_digits_never_come_back(text: str) -> None:
    digits = "".join(character for character in text if character.isdigit())
    report = check_nss(text)
    assert report.nss is None
    assert digits not in repr(report)


@pytest.mark.parametrize(
    "number",
    [
        "123-45-6789", "123456789", "123 45 6789", "123.45.6789", "123 45-6789", "123-456-789",
        "123 456 789", "12345 6789", "12-345-6789", "1 2 3 4 5 6 7 8 9", "l23-45-6789",
        "１２３-４５-６７８９", "123–45–6789",
    ],
)  # fmt: skip
def test_a_us_number_is_taken_out_of_a_text(number: str) -> None:
    without = without_ssn(f"mi seguro es {number}, ayuda")
    assert without == f"mi seguro es {MASKED_SSN}, ayuda"


@pytest.mark.parametrize(
    "text",
    [
        "mi nss es 12345678903", "1234 56 7890 3", "312 555 0143", "+52 55 4166 5415",
        "SABC560626MDFLRN01", "gano 500 dolares a la semana", "12,500.00 pesos", "cp 58000",
        "1,234,567", "15/05/1988", "",
    ],
)  # fmt: skip
def test_other_numbers_stay_in_a_text(text: str) -> None:
    assert without_ssn(text) == text
