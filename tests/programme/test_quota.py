"""The quota against published figures and against the formula written out again in fractions."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.month import Month
from bot.programme.quota import (
    CONTRIBUTION_PERIODS,
    QuotaRequest,
    QuotaRequestError,
    ceav_rate,
    compute_quota,
    quota_by_period,
)
from bot.programme.year_parameters import (
    FiguresNotPublished,
    RiskClass,
    Zone,
    parameters_for_month,
)

FIRST, LAST = Month(2022, 1), Month(2026, 12)
MONTHS = [FIRST.plus(offset) for offset in range(60)]


def month_of(income: str, month: str, **choices: object):  # type: ignore[no-untyped-def]
    """The one month of a monthly quota."""
    request = QuotaRequest(Decimal(income), Month.parse(month), **choices)  # type: ignore[arg-type]
    return compute_quota(request).months[0]


# --- what was published --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("income", "month", "risk_class", "total"),
    [
        ("5358", "2022-03", RiskClass.IV, "1502.28"),  # "mil 502": platform worker
        ("10372", "2022-03", RiskClass.III, "2146.59"),  # "2 mil 146": shopkeeper
        ("1", "2022-06", RiskClass.I, "1240.68"),  # "mil 240": worker in Chicago, minimum income
        ("1", "2025-06", RiskClass.I, "1743.65"),  # "alrededor de mil 700"
        ("12000", "2026-06", RiskClass.I, "2633.11"),
    ],
)
def test_published_quotas(income: str, month: str, risk_class: RiskClass, total: str) -> None:
    assert month_of(income, month, risk_class=risk_class).total == Decimal(total)


@pytest.mark.parametrize(
    ("month", "total"),
    [
        ("2026-01", "1942.97"),  # still the UMA of 2025
        ("2026-02", "1778.76"),
        ("2026-03", "1969.34"),
        ("2026-04", "1905.82"),
        ("2025-01", "1772.87"),
        ("2025-02", "1627.41"),
        ("2025-03", "1801.77"),
        ("2025-04", "1743.65"),
    ],
)
def test_minimum_quota_by_length_of_month(month: str, total: str) -> None:
    quota = month_of("1", month)
    assert quota.total == Decimal(total)
    assert quota.was_raised_to_minimum


def test_limits_published_in_march_2022() -> None:
    quota = month_of("9000", "2022-03")
    assert (quota.floor, quota.cap) == (Decimal("5358.97"), Decimal("74570.50"))


@pytest.mark.parametrize(
    ("month", "days", "floor", "cap"),
    [
        ("2026-02", 28, "8821.12", "82117.00"),
        ("2026-04", 30, "9451.20", "87982.50"),
        ("2026-03", 31, "9766.24", "90915.25"),
        ("2024-02", 29, "7218.97", "78713.25"),
    ],
)
def test_limits_follow_the_days(month: str, days: int, floor: str, cap: str) -> None:
    quota = month_of("1000000", month)
    assert (quota.days, quota.floor, quota.cap) == (days, Decimal(floor), Decimal(cap))
    assert quota.was_lowered_to_maximum
    assert not quota.was_raised_to_minimum
    assert quota.income_considered == quota.cap


def test_daily_quota_of_2022_from_41_pesos() -> None:
    assert (month_of("1", "2022-04").total / 30).quantize(Decimal("0.01")) == Decimal("41.36")


def test_january_2022_uses_the_uma_of_2021() -> None:
    assert parameters_for_month(2022, 1).uma == Decimal("89.62")
    assert parameters_for_month(2022, 2).uma == Decimal("96.22")


@pytest.mark.parametrize("year", range(2022, 2027))
def test_january_keeps_last_years_uma_and_has_this_years_wage(year: int) -> None:
    december, january, february = (
        parameters_for_month(*month) for month in ((year, 12), (year, 1), (year, 2))
    )
    assert january.uma < february.uma == december.uma
    assert january.minimum_wage == december.minimum_wage


# --- the same formula, written a second time -----------------------------------------------------

UMA = {2021: "89.62", 2022: "96.22", 2023: "103.74", 2024: "108.57", 2025: "113.14", 2026: "117.31"}
WAGE = {
    2022: ("172.87", "260.34"),
    2023: ("207.44", "312.41"),
    2024: ("248.93", "374.89"),
    2025: ("278.80", "419.88"),
    2026: ("315.04", "440.87"),
}
CEAV = {
    2022: (3150,) * 7,
    2023: (3281, 3575, 3751, 3869, 3953, 4016, 4241),
    2024: (3413, 4000, 4353, 4588, 4756, 4882, 5331),
    2025: (3544, 4426, 4954, 5307, 5559, 5747, 6422),
    2026: (3676, 4851, 5556, 6026, 6361, 6613, 7513),
}
PREMIUM = {"I": 54355, "II": 113065, "III": 259840, "IV": 465325, "V": 758875}


def by_hand(
    income: Decimal, month: Month, zone: Zone, risk: RiskClass, infonavit: bool
) -> Fraction:
    """Section 0 of the facts: the total before rounding."""
    days = month.days
    uma = Fraction(UMA[month.year if month.month > 1 else month.year - 1])
    wage = Fraction(WAGE[month.year][zone is Zone.ZLFN])
    counted = sorted((wage * days, Fraction(income), 25 * uma * days))[1]
    daily = Fraction(int(counted / days * 100 + Fraction(1, 2)), 100)
    if daily <= wage:
        ceav = Fraction(3150)
    else:
        bounds = [Fraction(half, 2) * uma for half in range(3, 9)]
        ceav = Fraction(CEAV[month.year][sum(daily > bound for bound in bounds)])
    rates = (
        Fraction("0.0095") + Fraction("0.01425") + Fraction("0.02375") + Fraction("0.02")
        + Fraction("0.01125") + ceav / 100_000 + Fraction("0.01")
        + Fraction(PREMIUM[risk.value], 10_000_000) + Fraction(5, 100) * infonavit
    )  # fmt: skip
    excess = max(Fraction(0), counted - 3 * uma * days)
    return Fraction("0.204") * uma * days + Fraction("0.015") * excess + counted * rates


def half_up(amount: Fraction) -> Decimal:
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


incomes = st.one_of(
    st.decimals("0.01", "120000", places=2),
    st.integers(2000, 40000).map(Decimal),
    st.decimals("0.01", "1000000000000", places=2),
)


@settings(max_examples=200, deadline=None)
@given(
    income=incomes,
    month=st.sampled_from(MONTHS),
    zone=st.sampled_from(Zone),
    risk=st.sampled_from(RiskClass),
    infonavit=st.booleans(),
)
def test_agrees_with_the_formula_in_fractions(
    income: Decimal, month: Month, zone: Zone, risk: RiskClass, infonavit: bool
) -> None:
    quota = compute_quota(QuotaRequest(income, month, 1, zone, risk, infonavit))
    assert quota.total == half_up(by_hand(income, month, zone, risk, infonavit))


@pytest.mark.parametrize("month", MONTHS, ids=str)
@pytest.mark.parametrize("zone", list(Zone))
def test_every_month_and_zone_agrees_around_the_edges(month: Month, zone: Zone) -> None:
    figures = parameters_for_month(month.year, month.month)
    wage = figures.minimum_wage[zone]
    bases = [wage, wage + Decimal("0.01"), 3 * figures.uma, 25 * figures.uma]
    bases += [Decimal(half) / 2 * figures.uma for half in range(3, 9)]
    for base in bases:
        for slip in (Decimal("-0.01"), Decimal(0), Decimal("0.01")):
            income = base * month.days + slip
            total = compute_quota(QuotaRequest(income, month, 1, zone)).total
            assert total == half_up(by_hand(income, month, zone, RiskClass.I, False))


@settings(max_examples=60, deadline=None)
@given(low=st.decimals("1", "100000", places=2), more=st.decimals("0", "20000", places=2))
def test_a_greater_income_never_pays_less(low: Decimal, more: Decimal) -> None:
    month = Month(2026, 6)
    assert (
        compute_quota(QuotaRequest(low, month)).total
        <= compute_quota(QuotaRequest(low + more, month)).total
    )


# --- the CEAV table ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("daily_base", "zone", "rate"),
    [
        ("315.04", Zone.GENERAL, "3.150"),
        ("315.044", Zone.GENERAL, "3.150"),  # to two decimals it is the minimum wage
        ("315.05", Zone.GENERAL, "6.026"),  # 2.69 UMA: the rows below are skipped
        ("351.93", Zone.GENERAL, "6.026"),  # 3.00 UMA exactly
        ("351.94", Zone.GENERAL, "6.361"),
        ("400.00", Zone.GENERAL, "6.361"),
        ("410.58", Zone.GENERAL, "6.361"),  # 3.50 UMA is 410.585
        ("410.59", Zone.GENERAL, "6.613"),
        ("469.24", Zone.GENERAL, "6.613"),
        ("469.25", Zone.GENERAL, "7.513"),
        ("2932.75", Zone.GENERAL, "7.513"),
        ("440.87", Zone.ZLFN, "3.150"),
        ("440.88", Zone.ZLFN, "6.613"),
    ],
)
def test_ceav_rows_of_2026(daily_base: str, zone: Zone, rate: str) -> None:
    figures = parameters_for_month(2026, 6)
    assert ceav_rate(Decimal(daily_base), zone, figures) == Decimal(rate)


def test_one_peso_above_the_minimum_costs_some_270_more() -> None:
    step = month_of("9452.20", "2026-06").total - month_of("9451.20", "2026-06").total
    assert Decimal(270) < step < Decimal(274)


def test_2022_had_one_rate() -> None:
    figures = parameters_for_month(2022, 6)
    rates = {ceav_rate(Decimal(base), Zone.GENERAL, figures) for base in (172, 300, 2000)}
    assert rates == {Decimal("3.150")}


# --- rounding, periods, requests -----------------------------------------------------------------


def test_branches_are_rounded_for_display_and_the_total_once() -> None:
    quota = month_of("12000", "2026-06")
    amounts = {branch.id: branch.amount for branch in quota.branches}
    assert amounts["eym_fixed_fee"] == Decimal("717.94")
    assert amounts["ceav_employer"] == Decimal("763.32")
    assert abs(sum(amounts.values()) - quota.total) <= Decimal("0.05")
    assert quota.daily_base == Decimal("400.00")
    assert "infonavit" not in amounts


def test_infonavit_adds_five_percent_of_the_income() -> None:
    without, with_it = month_of("12000", "2026-06"), month_of("12000", "2026-06", infonavit=True)
    assert with_it.total - without.total == Decimal(600)


@pytest.mark.parametrize("months", CONTRIBUTION_PERIODS)
def test_a_period_is_the_sum_of_its_months(months: int) -> None:
    quota = compute_quota(QuotaRequest(Decimal(12000), Month(2025, 11), months))  # type: ignore[arg-type]
    assert [month.month for month in quota.months] == [
        Month(2025, 11).plus(offset) for offset in range(months)
    ]
    alone = [month_of("12000", str(month.month)).total for month in quota.months]
    assert quota.total == sum(alone)


def test_the_callers_decimal_context_does_not_matter() -> None:
    request = QuotaRequest(Decimal("12345.67"), Month(2026, 6), 6)
    usual = compute_quota(request)
    hostile = decimal.Context(prec=3, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])
    with decimal.localcontext(hostile) as context:
        assert compute_quota(request) == usual
        assert not any(context.flags.values())


@pytest.mark.parametrize(
    ("income", "code"),
    [
        ("0", "income_not_positive"),
        ("-5", "income_not_positive"),
        ("NaN", "income_not_a_number"),
        ("sNaN", "income_not_a_number"),
        ("Infinity", "income_not_a_number"),
        ("-Infinity", "income_not_a_number"),
        ("1000000000000.01", "income_too_large"),
        ("1e309", "income_too_large"),
    ],
)
def test_incomes_that_cannot_be(income: str, code: str) -> None:
    with pytest.raises(QuotaRequestError) as caught:
        QuotaRequest(Decimal(income), Month(2026, 6))
    assert caught.value.code == code


@pytest.mark.parametrize("income", [12000, 12000.0, "12000", None])
def test_an_income_is_a_decimal(income: object) -> None:
    with pytest.raises(QuotaRequestError):
        QuotaRequest(income, Month(2026, 6))  # type: ignore[arg-type]


@pytest.mark.parametrize("months", [0, 3, 4, 24, -1])
def test_periods_that_are_not_offered(months: int) -> None:
    with pytest.raises(QuotaRequestError) as caught:
        QuotaRequest(Decimal(12000), Month(2026, 6), months)  # type: ignore[arg-type]
    assert caught.value.code == "period_not_offered"


def test_a_period_into_an_unpublished_year_is_refused() -> None:
    with pytest.raises(FiguresNotPublished) as caught:
        compute_quota(QuotaRequest(Decimal(12000), Month(2026, 8), 6))
    assert caught.value.month == Month(2027, 1)
    assert caught.value.missing == ("minimum_wage",)


def test_quotas_by_period_mark_what_is_provisional() -> None:
    quotas = quota_by_period(Decimal(12000), Month(2026, 12))
    assert list(quotas) == [1, 2, 6, 12]
    assert not quotas[1].provisional
    assert quotas[2].provisional
    december, january = quotas[2].months
    assert december.provisional == ()
    assert january.provisional == ("minimum_wage",)
    assert quotas[6].months[2].provisional == ("uma", "minimum_wage")
    assert january.floor == Decimal("315.04") * 31
    assert quotas[1].total == compute_quota(QuotaRequest(Decimal(12000), Month(2026, 12))).total


def test_quotas_by_period_need_the_first_month() -> None:
    with pytest.raises(FiguresNotPublished):
        quota_by_period(Decimal(12000), Month(2027, 1))
