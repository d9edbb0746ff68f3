"""The checks of a CURP and an NSS: what is found in a message, and which response says it."""

from __future__ import annotations

import pytest

from actions.keys import ActionCheckCurp, ActionCheckNss, find_curp, find_nss
from bot.nlg.catalogue import has_response
from bot.programme.curp import CurpProblem, CurpReport, check_digit_of
from bot.programme.messages import load_messages
from bot.programme.nss import MASKED_SSN, NssProblem, NssReport
from tests.actions.support import run, tracker

VALID = "GOMC560626HDFNRR09"


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"mi curp es {VALID}", VALID),
        (f"{VALID.lower()} gracias", VALID.lower()),
        ("GOMC 560626 HDFNRR 09", "GOMC 560626 HDFNRR 09"),
        (f"tengo dos {VALID} y otra", VALID),
        ("GOMC560626HDFNRR0", "GOMC560626HDFNRR0"),
        ("mi curp GOMC560626HDFNRR0", "GOMC560626HDFNRR0"),
        ("a ver GOMC560626HDFNRR0 y ya", "GOMC560626HDFNRR0"),
        (f"{VALID} es mi curp", VALID),
        (f"curp: {VALID}. tel 555 123 4567", VALID),
        ("GOMC-560626-HDFNRR-09", "GOMC-560626-HDFNRR-09"),
        ("GOMC56O626HDFNRRO9 esta bien?", "GOMC56O626HDFNRRO9"),
        ("mi telefono es 555 123 4567", None),
        ("gano 1500 dolares al mes", None),
        ("no me la se", None),
        ("", None),
        ("cuatro cinco seis", None),
    ],
)
def test_the_curp_in_a_message(message: str, found: str | None) -> None:
    assert find_curp(message) == found


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("mi nss es 72159904563", "72159904563"),
        ("72-15-99-0456-3", "72-15-99-0456-3"),
        ("es 7215990456O", "7215990456O"),
        ("no lo tengo", None),
        ("gano 1500", None),
        (f"mi seguro {MASKED_SSN}", "000-00-0000"),
    ],
)
def test_the_nss_in_a_message(message: str, found: str | None) -> None:
    assert find_nss(message) == found


@pytest.mark.parametrize(
    ("message", "response"),
    [
        ("revise mi curp", "utter_ask_curp_to_check"),
        (VALID, "utter_curp_valid"),
        (VALID[:-1], "utter_curp_problem_length"),
        (VALID[:-1] + "8", "utter_curp_problem_check_digit"),
        ("GOMC561326HDFNRR0" + check_digit_of("GOMC561326HDFNRR0"), "utter_curp_problem_date"),
        (VALID.replace("0", "O", 1), "utter_curp_problem_letter_for_digit"),
    ],
)
def test_check_curp(message: str, response: str) -> None:
    assert run(ActionCheckCurp(), tracker(message)).names == [response]


def test_a_valid_curp_is_read_back_in_the_language() -> None:
    spanish, english = (
        run(ActionCheckCurp(), tracker(VALID, language=language)).said[0]
        for language in ("es", "en")
    )
    assert (spanish["curp_birth_date"], spanish["curp_sex"]) == ("26 de junio de 1956", "hombre")
    assert (english["curp_birth_date"], english["curp_sex"]) == ("June 26, 1956", "man")
    assert spanish["curp_state"] == english["curp_state"] == "Ciudad de México"


@pytest.mark.parametrize("code", load_messages("problems")["curp"])
def test_every_problem_of_a_curp_has_its_words(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    for severity in ("error", "warning"):
        problem = CurpProblem(code, severity, 5, {"length": 17})  # type: ignore[arg-type]
        report = CurpReport(severity == "warning", VALID, (problem,), sex="H", state="NE")
        monkeypatch.setattr("actions.keys.check_curp", lambda _, report=report: report)
        [said] = run(ActionCheckCurp(), tracker(VALID)).names
        assert has_response(said)
        assert said.startswith("utter_curp_problem_" if severity == "error" else "utter_curp_w")


@pytest.mark.parametrize("code", load_messages("problems")["nss"])
def test_every_problem_of_an_nss_has_its_words(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    report = NssReport(False, None, (NssProblem(code, "error", 1, {"length": 10}),))
    monkeypatch.setattr("actions.keys.check_nss", lambda _: report)
    [said] = run(ActionCheckNss(), tracker("72159904563")).names
    assert has_response(said)


@pytest.mark.parametrize(
    ("message", "response"),
    [
        ("revise mi nss", "utter_ask_nss_to_check"),
        ("72159904563", "utter_nss_valid"),
        ("72159904564", "utter_nss_problem_check_digit"),
        ("11111111111", "utter_nss_problem_check_digit"),
        ("7215990456", "utter_nss_problem_length"),
        ("7215990456O", "utter_nss_problem_alphabet"),
        (f"es {MASKED_SSN}", "utter_nss_problem_us_ssn"),
    ],
)
def test_check_nss(message: str, response: str) -> None:
    assert run(ActionCheckNss(), tracker(message)).names == [response]


def test_no_digit_of_a_us_number_is_said() -> None:
    said = run(ActionCheckNss(), tracker("123-45-6789")).said[0]
    assert "6789" not in str(said)
