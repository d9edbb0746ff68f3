"""CURP and NSS in a message, and each given for the other."""

from __future__ import annotations

from datetime import date

import pytest

from bot.programme.curp import CurpReport
from bot.programme.field_text import Problem
from bot.programme.key_fields import read_curp, read_nss
from bot.programme.nss import MASKED_SSN, NssReport

TODAY = date(2026, 11, 25)
CURP, OTHER_CURP = "SABC560626MDFLRN01", "AAPR630321HDFLRC09"
NSS, OTHER_NSS = "72159904563", "12345678903"

CURPS = [
    CURP,
    CURP.lower(),
    f"mi curp es {CURP}, gracias",
    "sabc 560626 mdflrn01",
    "SABC-560626-MDF-LRN-01",
    "S A B C 5 6 0 6 2 6 M D F L R N 0 1",
    "ＳＡＢＣ560626ＭＤＦＬＲＮ01",
    f"{CURP}😀",
    f"{CURP[:10]}\n{CURP[10:]}",
    f"{CURP} sí, {CURP}",
    f"nss {NSS} curp {CURP}",
]
NO_CURP = {
    f"{CURP} y la de mi esposo {OTHER_CURP}": "several_values",
    NSS: "nss_for_curp",
    "123-45-6789": "us_ssn",
    MASKED_SSN: "us_ssn",
    "SABC560626AB1": "rfc_for_curp",
    CURP[:-1]: "length",
    CURP + "2": "length",
    CURP[:-1] + "2": "check_digit",
    "5" + CURP[1:]: "digit_for_letter",
    "SABC561326MDFLRN01": "impossible_date",
    "SABC560626MZZLRN01": "unknown_state",
    "no la tengo": "not_known",
    "hola": "none_found",
    "2500 pesos": "none_found",
    "¿qué es la curp?": "question",
}
NSSS = [
    NSS,
    f"mi nss es {NSS}",
    "7215 99 0456 3",
    "72-15-99-0456-3",
    "７２１５９９０４５６３",
    "siete dos uno cinco nueve nueve cero cuatro cinco seis tres",
    "setenta y dos quince noventa y nueve cero cuatro cincuenta y seis tres",
    f"{NSS} sí {NSS}",
    f"tel 3125550143 nss {NSS}",
]
NO_NSS = {
    f"{NSS} {OTHER_NSS}": "several_values",
    f"{NSS} o {OTHER_NSS}": "several_values",
    CURP: "curp_for_nss",
    "123-45-6789": "us_ssn",
    "mi social es 123456789": "us_ssn",
    "123 45 6789": "us_ssn",
    MASKED_SSN: "us_ssn",
    NSS[:-1]: "length",
    NSS + "1": "length",
    NSS[:-1] + "4": "check_digit",
    "72I59904563": "letter_for_digit",
    "00000000000": "impossible_number",
    "no lo tengo": "not_known",
    "hola": "none_found",
}


@pytest.mark.parametrize("text", CURPS)
def test_curp(text: str) -> None:
    report = read_curp(text, TODAY)
    assert isinstance(report, CurpReport), report
    assert (report.curp, report.valid) == (CURP, True)


@pytest.mark.parametrize(("text", "code"), NO_CURP.items())
def test_no_curp(text: str, code: str) -> None:
    problem = read_curp(text, TODAY)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_a_slip_comes_with_its_correction() -> None:
    problem = read_curp("5" + CURP[1:], TODAY)
    assert isinstance(problem, Problem)
    assert (problem.suggestion, problem.detail["position"]) == (CURP, 1)


@pytest.mark.parametrize("text", NSSS)
def test_nss(text: str) -> None:
    report = read_nss(text)
    assert isinstance(report, NssReport), report
    assert report.nss == NSS


@pytest.mark.parametrize(("text", "code"), NO_NSS.items())
def test_no_nss(text: str, code: str) -> None:
    problem = read_nss(text)
    assert isinstance(problem, Problem), problem
    assert problem.code == code
    if code == "us_ssn":
        assert not any(character.isdigit() for character in f"{problem!r}{dict(problem.detail)}")
