"""Arithmetic with pesos that gives the same answer whatever the caller's decimal context is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)

CENTAVO = Decimal("0.01")


# 60 digits hold every product of an accepted income (up to 10**12, with centavos) and the rates, so
# sums are exact; only the division by the days of a month is ever rounded. It is never changed.
_CONTEXT = Context(
    prec=60,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Work in a context of our own: 60 digits, half up, errors raised, nothing left behind."""
    with localcontext(_CONTEXT):
        yield


def to_centavos(amount: Decimal) -> Decimal:
    """The amount in MXN rounded half up to two decimals."""
    return amount.quantize(CENTAVO, context=_CONTEXT)
