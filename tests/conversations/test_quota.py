"""The quota in the chat: an income bit by bit; what one would pay, by the law's formula."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest

from tests.conversations.person import Person

Someone = Callable[[], Person]

# What the law and the official gazette say for 2026, written here once more.
DOLLAR = Fraction("17.4545")
UMA = Fraction("117.31")
WAGE = Fraction("315.04")
FLAT_PERCENT = sum(map(Fraction, ["0.95", "1.425", "2.375", "2.00", "1.125", "1.00", "0.54355"]))
OLD_AGE_BY_UMA = [
    *(("1.5", "3.676"), ("2", "4.851"), ("2.5", "5.556"), ("3", "6.026")),
    *(("3.5", "6.361"), ("4", "6.613"), ("999", "7.513")),
]
OLD_AGE_2027 = [
    *(("1.5", "3.807"), ("2", "5.276"), ("2.5", "6.157"), ("3", "6.745")),
    *(("3.5", "7.164"), ("4", "7.479"), ("999", "8.603")),
]
WEEKS = Fraction(52, 12)


def of_month(income: Fraction, year: int, month: int) -> Fraction:
    """The quota of a month in pesos, to the centavo; 2027 with the wage and UMA of 2026."""
    days = monthrange(year, month)[1]
    income = min(max(income, WAGE * days), 25 * UMA * days)
    daily = to_centavos(income / days)
    by_uma = OLD_AGE_2027 if year == 2027 else OLD_AGE_BY_UMA
    old_age = next(Fraction(rate) for limit, rate in by_uma if daily <= Fraction(limit) * UMA)
    if daily <= WAGE:
        old_age = Fraction("3.150")
    percent = FLAT_PERCENT + old_age
    excess = max(Fraction(0), income - 3 * UMA * days)
    exact = (percent * income + Fraction("20.40") * UMA * days + Fraction("1.5") * excess) / 100
    return to_centavos(exact)


def to_centavos(amount: Fraction) -> Fraction:
    """Half a centavo counts as one."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def months(income: Fraction, count: int) -> Fraction:
    """The sum of so many months from December 2026."""
    covered = [(2026 + (11 + n) // 12, (11 + n) % 12 + 1) for n in range(count)]
    return sum((of_month(income, year, month) for year, month in covered), Fraction(0))


def pesos(amount: Fraction) -> str:
    """As people read it."""
    return f"${float(amount):,.2f}"


def shows_quota_of(person: Person, income: Fraction) -> None:
    """The last answer has the quota of an income in pesos a month, for every period."""
    income = to_centavos(income)
    assert person.answer.names[-2:] == ["quota_result", "quota_periods_provisional"], (
        person.written()
    )
    result, periods = (reply.text for reply in person.answer.replies[-2:])
    month = of_month(income, 2026, 12)
    assert pesos(month) in result, person.written()
    assert f"({pesos(income)} pesos" in result
    assert f"US{pesos(month / DOLLAR)}" in result
    said = re.findall(r"\$[\d,]+\.\d\d", periods)
    assert said == [pesos(months(income, count)) for count in (1, 2, 6, 12)]


# --- incomes as people say them -------------------------------------------------------------------

WHOLE = [
    ("1500 dlls al mes", 1500 * DOLLAR),
    ("$18 la hora 40 horas", 18 * 40 * WEEKS * DOLLAR),
    ("me pagan 900 por semana", 900 * WEEKS * DOLLAR),
    ("dos mil quinientos dólares al mes", 2500 * DOLLAR),
    ("gano 12 mil pesos al mes", Fraction(12000)),
    ("1200 dolares cada dos semanas", 1200 * Fraction(26, 12) * DOLLAR),
    ("15 mil pesos por quincena", Fraction(30000)),
    ("$20 dlls la hora, 8 horas diarias de lunes a sabado", 20 * 48 * WEEKS * DOLLAR),
    ("150 dolares al dia 5 dias", 150 * 5 * WEEKS * DOLLAR),
    ("30 mil dolares al año", 2500 * DOLLAR),
    ("entre 700 y 900 dolares por semana", 700 * WEEKS * DOLLAR),
    ("kinientos dolares ala semana", 500 * WEEKS * DOLLAR),
    ("I make 2k dollars a month", 2000 * DOLLAR),
    ("22 bucks an hour, full time", 22 * 40 * WEEKS * DOLLAR),
]


@pytest.mark.parametrize(("said", "income"), WHOLE, ids=[said for said, _ in WHOLE])
def test_an_income_said_at_once(person: Person, said: str, income: Fraction) -> None:
    person.says("cuanto pagaria yo")
    person.hears("ask_income_amount")
    person.says(said)
    if person.answer.names == ["ask_income_period"]:
        person.taps("Por mes")
    shows_quota_of(person, income)


def test_the_income_may_come_with_the_question(person: Person) -> None:
    person.says("gano 500 dolares a la semana, cuanto pagaria")
    shows_quota_of(person, 500 * WEEKS * DOLLAR)


def test_what_is_missing_is_asked_one_by_one(person: Person) -> None:
    person.says("cuanto me saldria")
    person.hears("ask_income_amount")
    person.says("2k")
    person.hears("ask_income_period")
    person.says("al mes")
    person.hears("ask_income_currency")
    person.says("dolares")
    shows_quota_of(person, 2000 * DOLLAR)
    assert "2,000 dólares al mes" in person.answer.text


@pytest.mark.parametrize("answers", [("Por día", "Pesos", "6"), ("por dia", "pesos", "seis dias")])
def test_pay_by_the_day(person: Person, answers: tuple[str, ...]) -> None:
    person.says("cuanto pagaria")
    person.says("900")
    for answer, asked in zip(
        answers, ["ask_income_currency", "ask_days_per_week", "quota_result"], strict=True
    ):
        person.says(answer)
        assert person.answer.names[0] == asked, person.written()
    shows_quota_of(person, 900 * 6 * WEEKS)


def test_the_period_is_asked_for_pesos(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("12 mil pesos")
    person.hears("ask_income_period")
    person.says("6")  # the sixth option
    shows_quota_of(person, Fraction(12000))


@pytest.mark.parametrize(
    ("first", "second", "income"),
    [
        ("por semana", "900", 900 * WEEKS * DOLLAR),
        ("40 horas", "18 la hora", 18 * 40 * WEEKS * DOLLAR),
        ("en pesos y por mes", "12 mil", Fraction(12000)),
    ],
)
def test_pieces_out_of_turn_are_kept(
    person: Person, first: str, second: str, income: Fraction
) -> None:
    person.says("cuanto pagaria")
    person.says(first)
    person.hears("ask_income_amount")
    person.says(second)
    shows_quota_of(person, income)


def test_currency_before_the_period_that_was_asked(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("1500")
    person.hears("ask_income_period")
    person.says("dolares")
    person.hears("ask_income_period")
    person.says("mensual")
    shows_quota_of(person, 1500 * DOLLAR)


# --- interrupted, changed, given up ---------------------------------------------------------------


def test_a_question_in_between_is_answered_and_the_step_asked_again(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("$18 la hora")
    person.hears("ask_hours_per_week")
    person.says("¿cubre a mis hijos de 16 años?")
    person.hears("ask_cover_children", "ask_hours_per_week")
    person.says("que es el infonavit")
    person.hears("ask_infonavit", "ask_hours_per_week")
    person.says("unas 40")
    shows_quota_of(person, 18 * 40 * WEEKS * DOLLAR)


@pytest.mark.parametrize("question", ["a cuanto esta el dolar?", "cada cuando se paga, al mes?"])
def test_a_question_is_no_answer_to_the_step(person: Person, question: str) -> None:
    person.says("cuanto pagaria")
    person.says("12000")
    person.says(question)
    assert person.answer.names[-1] == "ask_income_period", person.written()
    person.says("por mes")
    person.hears("ask_income_currency")
    person.says(question)
    assert person.answer.names[-1] == "ask_income_currency", person.written()


@pytest.mark.parametrize(
    ("asked_after", "correction", "then", "income"),
    [
        ("$18 la hora", "mejor 20 la hora", "40", 20 * 40 * WEEKS * DOLLAR),
        ("$18 la hora", "no, 1500 dolares al mes", None, 1500 * DOLLAR),
        ("1500 al mes", "no, 2000 dolares", None, 2000 * DOLLAR),
        ("900", "perdon, 800 por semana", None, 800 * WEEKS * DOLLAR),
    ],
)
def test_a_change_of_mind(
    person: Person, asked_after: str, correction: str, then: str | None, income: Fraction
) -> None:
    person.says("cuanto pagaria")
    person.says(asked_after)
    person.says(correction)
    if then:
        person.hears("ask_hours_per_week")
        person.says(then)
    shows_quota_of(person, income)


@pytest.mark.parametrize("word", ["cancelar", "ya no quiero", "dejalo", "cancel"])
def test_given_up(person: Person, word: str) -> None:
    person.says("cuanto pagaria")
    person.says("12 mil pesos")
    person.says(word)
    person.hears("quota_stopped")
    person.says("que cubre el seguro")
    person.hears("ask_benefits")


def test_what_was_given_up_is_not_used_again(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("12 mil pesos")
    person.says("cancelar")
    person.taps("Calcular mi cuota")
    person.hears("ask_income_amount")
    person.says("900")
    person.hears("ask_income_period")
    person.says("por mes")
    person.hears("ask_income_currency")


def test_a_new_calculation_does_not_use_the_old_income(person: Person) -> None:
    person.says("gano 1500 dolares al mes, cuanto pagaria")
    shows_quota_of(person, 1500 * DOLLAR)
    person.taps("Otra cantidad")
    person.hears("ask_income_amount")
    person.says("12 mil")
    person.hears("ask_income_period")
    person.says("por mes")
    person.hears("ask_income_currency")
    person.says("pesos")
    shows_quota_of(person, Fraction(12000))


def test_the_option_to_work_it_out_begins_anew_in_the_middle(person: Person) -> None:
    person.says("hola")
    person.taps("Calcular mi cuota")
    person.says("1500")
    person.hears("ask_income_period")
    person.taps("Calcular mi cuota")
    person.hears("ask_income_amount")
    assert person.slot("income_amount") is None


def test_an_old_option_changes_the_old_calculation(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("800")
    person.taps("Por semana")
    shows_quota_of(person, 800 * WEEKS * DOLLAR)
    person.taps("Por quincena")
    person.hears("ask_income_currency")  # half a month is how Mexico pays
    person.taps("Dólares")
    shows_quota_of(person, 1600 * DOLLAR)
    person.taps("Por hora")
    person.hears("ask_hours_per_week")


def test_after_three_failures_a_person_is_offered(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("pues lo normal")
    person.says("quien sabe")
    person.says("no se")
    assert person.answer.names[-1] == "clarify_person", person.written()
    assert "Hablar con persona" in person.answer.titles
    person.says("que cubre el seguro")
    person.hears("ask_benefits")


def test_failures_are_forgotten_with_the_next_calculation(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("no se")
    person.says("no se")
    person.says("cancelar")
    person.taps("Calcular mi cuota")
    person.says("no se")
    person.hears("income_roughly", "ask_income_amount")


def test_not_understanding_the_question_does_not_ask_it_twice_at_once(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("no le entendi")
    person.hears("income_not_understood", "ask_income_amount")


def test_why_the_income_is_asked(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("para que quieren saber eso")
    person.hears("income_why", "ask_income_amount")


@pytest.mark.parametrize("amount", ["-5", "1e309", "mil millones", "0 pesos", "999999999999 pesos"])
def test_amounts_that_nobody_earns(person: Person, amount: str) -> None:
    person.says("cuanto pagaria")
    person.says(amount)
    person.hears("income_out_of_range", "ask_income_amount")
    person.says("1500 dlls al mes")
    shows_quota_of(person, 1500 * DOLLAR)


@pytest.mark.parametrize("hours", ["200", "8 diarias", "mil"])
def test_hours_that_no_week_has(person: Person, hours: str) -> None:
    person.says("cuanto pagaria")
    person.says("18 dolares la hora")
    person.says(hours)
    assert person.answer.names[-1] == "ask_hours_per_week", person.written()
    person.says("40")
    shows_quota_of(person, 18 * 40 * WEEKS * DOLLAR)


# --- leaving the calculation ----------------------------------------------------------------------


@pytest.mark.parametrize("word", ["0", "persona", "agente", "hablar", "Agent", "una persona"])
def test_a_person_from_inside_the_calculation(person: Person, word: str) -> None:
    person.says("cuanto pagaria")
    person.says("12 mil pesos")
    person.says(word)
    person.hears("talk_to_agent")


def test_somebody_in_distress_is_not_asked_for_their_income(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("ya no quiero vivir")
    person.hears("distress")
    assert "988" in person.answer.text
    assert "911" in person.answer.text


def test_who_leaves_is_not_asked_for_their_income(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("adios")
    person.hears("goodbye")


def test_starting_over_ends_the_calculation(person: Person) -> None:
    person.says("cuanto pagaria")
    person.says("12 mil pesos")
    person.says("empezar de nuevo")
    person.hears("start_over")
    assert person.slot("income_amount") is None


# --- after the quota ------------------------------------------------------------------------------


def test_dollars_that_were_only_likely_can_be_pesos(person: Person) -> None:
    person.says("me pagan 3500 por semana, cuanto pago")
    shows_quota_of(person, 3500 * WEEKS * DOLLAR)
    assert person.answer.titles[-1] == "Eran pesos"
    person.says("eran pesos")
    shows_quota_of(person, 3500 * WEEKS)
    assert "Eran pesos" not in person.answer.titles
    person.taps("Ver el desglose")
    assert pesos(Fraction("2") * 3500 * WEEKS / 100)[:-1] in person.answer.text


def test_dollars_that_were_said_are_not_doubted(person: Person) -> None:
    person.says("gano 900 dolares por semana, cuanto pago")
    assert "Eran pesos" not in person.answer.titles


def test_the_breakdown_adds_up(person: Person) -> None:
    person.says("gano 12 mil pesos al mes, cuanto pago")
    person.taps("Ver el desglose")
    person.hears("quota_branches")
    parts = [
        Fraction(p.replace(",", "")) for p in re.findall(r"\$([\d,]+\.\d\d)", person.answer.text)
    ]
    assert len(parts) == 10
    assert abs(sum(parts) - of_month(Fraction(12000), 2026, 12)) <= Fraction(5, 100)
    person.taps("Pagar más meses")
    person.hears("quota_periods_provisional")
    assert pesos(months(Fraction(12000), 12)) in person.answer.text


def test_infonavit_adds_its_share(person: Person) -> None:
    person.says("gano 20 mil pesos al mes, cuanto pago")
    person.taps("Con Infonavit")
    person.hears("quota_with_infonavit")
    total = of_month(Fraction(20000), 2026, 12) + 1000
    assert pesos(total) in person.answer.text
    assert pesos(Fraction(1000)) in person.answer.text


def test_under_the_minimum(person: Person) -> None:
    person.says("gano 3 mil pesos al mes, cuanto pago")
    person.hears("quota_minimum_applied", "quota_result", "quota_periods_provisional")
    assert pesos(WAGE * 31) in person.answer.replies[0].text
    shows_quota_of(person, Fraction(3000))


def test_over_the_maximum(person: Person) -> None:
    person.says("gano 10 mil dolares al mes, cuanto pago")
    person.hears("quota_maximum_applied", "quota_result", "quota_periods_provisional")
    assert pesos(25 * UMA * 31) in person.answer.replies[0].text
    shows_quota_of(person, 10000 * DOLLAR)


def test_says_what_the_number_is_worth(person: Person) -> None:
    text = person.says("gano 1500 dolares al mes, cuanto pago").text
    assert "diciembre de 2026" in text
    assert "$17.4545 del 23 de enero de 2026" in text
    assert "cálculo según la ley" in text
    assert "línea de captura" in text
    assert "mínimo" in text
    assert "Las cifras de 2027 todavía no se publican" in text


def test_said_again_it_is_simpler_and_the_same(person: Person) -> None:
    person.says("gano 1500 dolares al mes, cuanto pago")
    offered = person.answer.titles
    person.says("no entendi")
    person.hears("ask_repeat_lead", "quota_periods_simple")
    assert pesos(months(1500 * DOLLAR, 12)) in person.answer.text
    assert person.answer.titles == offered
    person.taps("Ver el desglose")
    told = person.answer.text
    person.says("otra vez por favor, repita")
    assert person.answer.text == told


def test_a_detail_of_no_calculation(someone_new: Someone) -> None:
    first = someone_new()
    first.says("gano 1500 dolares al mes, cuanto pago")
    detail = first.answer.options[0]
    first.says("empezar de nuevo")
    first.taps_option(detail)
    first.hears("quota_income_is_declared")


def test_a_month_without_figures_is_not_made_up(
    person: Person, day: Callable[[date], None]
) -> None:
    day(date(2027, 3, 5))
    person.says("gano 1500 dolares al mes, cuanto pago")
    assert person.answer.names[0] in ("quota_unavailable", "figure_expired"), person.written()
    assert not re.search(r"\$\d", person.answer.text)
    assert "Hablar con persona" in person.answer.titles


def test_in_english(person: Person) -> None:
    person.says("how much would I pay")
    person.hears("ask_income_amount")
    person.says("900 a week")
    shows_quota_of(person, 900 * WEEKS * DOLLAR)
    assert "December 2026" in person.answer.text
    assert person.answer.titles[-1] == "I meant pesos"
    person.taps("See what it pays for")
    assert "Retirement savings" in person.answer.text
