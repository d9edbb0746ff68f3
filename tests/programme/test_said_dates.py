"""Birth dates as people say them."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.field_text import Problem
from bot.programme.said_dates import read_birth_date

TODAY = date(2026, 11, 25)
READ = {
    "15 de mayo del 88": "1988-05-15",
    "15 mayo 1988": "1988-05-15",
    "nací el 15 de Mayo de 1988": "1988-05-15",
    "May 15 1988": "1988-05-15",
    "May 15th, 1988": "1988-05-15",
    "15/05/88": "1988-05-15",
    "15-05-1988": "1988-05-15",
    "15.05.1988": "1988-05-15",
    "15 / 05 / 1988": "1988-05-15",
    "1988-05-15": "1988-05-15",
    "05/15/1988": "1988-05-15",
    "15051988": "1988-05-15",
    "15 05 1988": "1988-05-15",
    "nací el 15 05 1988": "1988-05-15",
    "１５/０５/１９８８": "1988-05-15",
    "quince de mayo de mil novecientos ochenta y ocho": "1988-05-15",
    "may fifteen nineteen eighty eight": "1988-05-15",
    "1988 mayo 15": "1988-05-15",
    "primero de enero de 1990": "1990-01-01",
    "1ro de enero de 1990": "1990-01-01",
    "1° de enero de 1990": "1990-01-01",
    "january first 1990": "1990-01-01",
    "dos de febrero del dos mil uno": "2001-02-02",
    "el 3 de marzo de '75": "1975-03-03",
    "25 dic 90": "1990-12-25",
    "5 de setiembre de 1970": "1970-09-05",
    "05/05/1988": "1988-05-05",
    "29/02/2000": "2000-02-29",
    "1 ene 05": "2005-01-01",
    "1 ene 30": "1930-01-01",
    "1 ene 20": "1920-01-01",
}
REFUSED = {
    "05/06/1988": "ambiguous",
    "3/4/05": "ambiguous",
    "15 de mayo": "no_year",
    "mayo 1988": "no_day",
    "mayo": "no_day",
    "31/02/1988": "impossible_date",
    "32 de enero de 1990": "impossible_date",
    "29/02/2001": "impossible_date",
    "13/13/1990": "impossible_date",
    "5 de mayo de 2030": "in_future",
    "1/1/1850": "too_old",
    "entre mayo y junio del 88": "impossible_date",
    "hola": "none_found",
    "55 41 66 1988": "none_found",
    "415 15 05 1988": "none_found",
    "no sé": "not_known",
}


@pytest.mark.parametrize(("text", "day"), READ.items())
def test_read(text: str, day: str) -> None:
    assert read_birth_date(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_refused(text: str, code: str) -> None:
    problem = read_birth_date(text, TODAY)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_the_order_settles_what_is_ambiguous() -> None:
    problem = read_birth_date("05/06/1988", TODAY)
    assert isinstance(problem, Problem)
    assert problem.detail["dates"] == ("1988-06-05", "1988-05-06")
    assert read_birth_date("05/06/1988", TODAY, "day_first") == date(1988, 6, 5)
    assert read_birth_date("05/06/1988", TODAY, "month_first") == date(1988, 5, 6)


@settings(max_examples=150, deadline=None)
@given(st.dates(date(1908, 1, 1), date(2014, 12, 31)), st.sampled_from(["es_MX", "en_US"]))
def test_printed_dates_are_read_back(day: date, locale: str) -> None:
    assert read_birth_date(format_date(day, "long", locale=locale), TODAY) == day
    assert read_birth_date(day.isoformat(), TODAY) == day
    assert read_birth_date(f"{day:%d/%m/%Y}", TODAY, "day_first") == day
    assert read_birth_date(f"{day:%m/%d/%Y}", TODAY, "month_first") == day
