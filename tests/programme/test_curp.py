"""CURPs: the facts' vectors, every kind of mistake, and what the check digit cannot see."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum.mx import curp as stdnum_curp

from bot.programme.curp import check_curp, check_digit_of, inconvenient_words, state_names

TODAY = date(2026, 11, 23)
ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
GOOD = "SABC560626MDFLRN01"


def keyed(body: str) -> str:
    """A body of 17 with its check digit, computed here from the weights."""
    total = sum(ALPHABET.index(character) * (18 - place) for place, character in enumerate(body))
    return body + str(-total % 10)


def codes(text: str) -> list[str]:
    return [problem.code for problem in check_curp(text, TODAY).problems]


@pytest.mark.parametrize(
    ("curp", "birth_date", "sex", "state", "state_name"),
    [
        (GOOD, date(1956, 6, 26), "M", "DF", "Ciudad de México"),
        ("AAPR630321HDFLRC09", date(1963, 3, 21), "H", "DF", "Ciudad de México"),
        ("LOHA040913MNEPRNA5", date(2004, 9, 13), "M", "NE", "Nacido en el extranjero"),
        (keyed("SABC560626XDFLRN0"), date(1956, 6, 26), "X", "DF", "Ciudad de México"),
    ],
)
def test_good_curps(curp: str, birth_date: date, sex: str, state: str, state_name: str) -> None:
    report = check_curp(curp, TODAY)
    assert (report.valid, report.problems, report.curp) == (True, (), curp)
    assert (report.birth_date, report.sex) == (birth_date, sex)
    assert (report.state, report.state_name) == (state, state_name)


def test_the_facts_invented_sample_fails() -> None:
    assert codes("MARR890512HCSRYR09") == ["check_digit"]
    assert check_curp("MARR890512HCSRYR06", TODAY).valid


@pytest.mark.parametrize(
    "written",
    [
        "sabc560626mdflrn01",
        " SABC-560626-MDFLRN-01 ",
        "SABC.560626.MDFLRN.01",
        "S A B C 5 6 0 6 2 6 M D F L R N 0 1",
        "ＳＡＢＣ５６０６２６ＭＤＦＬＲＮ０１",
        "SABC–560626\u00a0MDFLRN\u200b01\n",
    ],
)
def test_any_way_of_writing_it(written: str) -> None:
    report = check_curp(written, TODAY)
    assert (report.valid, report.curp) == (True, GOOD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["length"]),
        (GOOD[:-1], ["length"]),
        (GOOD + "1", ["length"]),
        ("x" * 10_000, ["length"]),
        ("SABC560626MDFLRN0!", ["alphabet"]),
        ("SÁBC560626MDFLRN01", ["alphabet"]),
        (keyed("SABC560230MDFLRN0"), ["impossible_date"]),
        (keyed("SABC570229MDFLRN0"), ["impossible_date"]),  # 1957 was no leap year
        (keyed("SABC561326MDFLRN0"), ["impossible_date"]),
        (keyed("SABC560026MDFLRN0"), ["impossible_date"]),
        (keyed("SABC560600MDFLRN0"), ["impossible_date"]),
        (keyed("SABC560631MDFLRN0"), ["impossible_date"]),
        (keyed("SABC261224MDFLRNA"), ["birth_date_in_future"]),
        (keyed("SABC560626KDFLRN0"), ["unknown_sex"]),
        (keyed("SABC560626MZZLRN0"), ["unknown_state"]),
        (GOOD[:-1] + "2", ["check_digit"]),
        ("SA3C560626MDFLRN01", ["letter_expected"]),
        ("SABC56A626MDFLRN01", ["digit_expected"]),
        ("SABC560626MDFLRN0A", ["digit_expected"]),
    ],
)
def test_errors(text: str, expected: list[str]) -> None:
    report = check_curp(text, TODAY)
    assert (report.valid, codes(text)) == (False, expected)


def test_leap_day_births() -> None:
    assert check_curp(keyed("SABC560229MDFLRN0"), TODAY).birth_date == date(1956, 2, 29)
    assert check_curp(keyed("SABC000229MDFLRNA"), TODAY).birth_date == date(2000, 2, 29)


@pytest.mark.parametrize(
    ("text", "expected", "birth_date"),
    [
        (keyed("BACA560626MDFLRN0"), "inconvenient_word", date(1956, 6, 26)),
        (keyed("PUTO560626HDFLRN0"), "inconvenient_word", date(1956, 6, 26)),
        (keyed("SNBC560626MDFLRN0"), "vowel_expected", date(1956, 6, 26)),
        (keyed("SABC560626MDFLAN0"), "consonant_expected", date(1956, 6, 26)),
        (keyed("SAÑC560626MDFLRN0"), "enye", date(1956, 6, 26)),
        (keyed("SABC560626MDFLRNA"), "homonymy_century", date(1956, 6, 26)),
        (keyed("SABC030626MDFLRN0"), "homonymy_century", date(2003, 6, 26)),
        (keyed("SABC120626MDFLRN0"), "age_over_110", date(1912, 6, 26)),
    ],
)
def test_warnings_leave_it_valid(text: str, expected: str, birth_date: date) -> None:
    report = check_curp(text, TODAY)
    assert report.valid
    assert [(problem.code, problem.severity) for problem in report.problems] == [
        (expected, "warning")
    ]
    assert report.birth_date == birth_date


def test_every_inconvenient_word_warns() -> None:
    assert len(inconvenient_words()) == 81
    for word in inconvenient_words():
        assert codes(keyed(word + "560626MDFLRN0")) == ["inconvenient_word"]


def test_the_tables_agree_with_python_stdnum() -> None:
    assert inconvenient_words() == stdnum_curp._name_blacklist
    assert set(state_names()) == stdnum_curp._valid_states


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("SABC56O626MDFLRN01", "letter_for_digit", 7),
        ("SABC5606Z6MDFLRN01", "letter_for_digit", 9),
        ("SABCS60626MDFLRN01", "letter_for_digit", 5),
        ("SABC560626MDFLRN0I", "letter_for_digit", 18),
        ("SABC560626MDFLRN0l", "letter_for_digit", 18),
        ("5ABC560626MDFLRN01", "digit_for_letter", 1),
        ("SA8C560626MDFLRN01", "digit_for_letter", 3),
        ("SABC560626MDF1RN01", "digit_for_letter", 14),  # I or L: the check digit knows
    ],
)
def test_look_alikes_come_with_a_suggestion(text: str, code: str, position: int) -> None:
    report = check_curp(text, TODAY)
    assert not report.valid
    assert [(problem.code, problem.position) for problem in report.problems] == [(code, position)]
    assert report.suggestion == GOOD


def test_several_look_alikes_are_corrected_together() -> None:
    report = check_curp("5ABCS6O626MDFLRN01", TODAY)
    assert len(report.problems) == 3
    assert {problem.detail["suggestion"] for problem in report.problems} == {GOOD}


def test_no_suggestion_where_the_correction_is_wrong_too() -> None:
    report = check_curp("SABC56O626MDFLRN02", TODAY)
    assert codes("SABC56O626MDFLRN02") == ["letter_for_digit"]
    assert report.suggestion is None


def test_letter_o_as_character_17_is_told_by_the_century() -> None:
    # O is 25 and 25 x 2 ends in 0, so the check digit is that of 0.
    report = check_curp("SABC560626MDFLRNO1", TODAY)
    assert report.valid
    assert report.suggestion == GOOD


def test_nothing_personal_in_the_repr() -> None:
    for text in (GOOD, "SABC56O626MDFLRN01"):
        shown = repr(check_curp(text, TODAY))
        assert "SABC" not in shown
        assert "1956" not in shown


# --- generated -----------------------------------------------------------------------------------

CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"
curps = st.builds(
    lambda name, day, sex, state, inner, homonym: keyed(
        name + day.strftime("%y%m%d") + sex + state + inner + homonym[day.year >= 2000]
    ),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(CONSONANTS),
            st.sampled_from("AEIOUX"),
            st.sampled_from(CONSONANTS),
            st.sampled_from(CONSONANTS),
        ),
    ),
    st.dates(date(1920, 1, 1), TODAY),
    st.sampled_from("HMX"),
    st.sampled_from(sorted(state_names())),
    st.text(CONSONANTS, min_size=3, max_size=3),
    st.tuples(st.sampled_from("0123456789"), st.sampled_from("ABCDEFGHIJ")),
)


@settings(max_examples=200, deadline=None)
@given(curps)
def test_a_made_up_curp_validates(curp: str) -> None:
    report = check_curp(curp, TODAY)
    assert report.valid
    assert report.problems == ()
    assert report.birth_date is not None
    assert report.birth_date.strftime("%y%m%d") == curp[4:10]


@settings(max_examples=200, deadline=None)
@given(curps, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_changed_character_is_caught_or_in_the_blind_spot(
    curp: str, place: int, new: str
) -> None:
    assume(curp[place] != new)
    changed = curp[:place] + new + curp[place + 1 :]
    weighted = (ALPHABET.index(new) - ALPHABET.index(curp[place])) * (18 - place)
    if check_curp(changed, TODAY).valid:
        assert weighted % 10 == 0  # what the modulus cannot see


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gets_a_report(text: str) -> None:
    report = check_curp(text, TODAY)
    assert report.valid == all(problem.severity == "warning" for problem in report.problems)


@settings(max_examples=60, deadline=None)
@given(st.text(ALPHABET.replace("Ñ", ""), min_size=17, max_size=17))
def test_the_check_digit_agrees_with_python_stdnum(body: str) -> None:
    assert check_digit_of(body) == stdnum_curp.calc_check_digit(body) == keyed(body)[-1]
