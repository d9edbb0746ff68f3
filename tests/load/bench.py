"""How fast it is, beside stock Rasa in the same run: `python -m tests.load.bench --help`.

Ratios are of this run. Absolute figures hold for this machine, while nothing else runs on it.
"""

from __future__ import annotations

import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.cli.training import train_if_needed
from tests.faults.stores import Store
from tests.load.bars import OurSide, StockSide, bars, table
from tests.load.houses import Ours, Stock
from tests.load.measured import Bench, Measured, all_of
from tests.load.measuring import fixed_work, percentile
from tests.load.starting import start_again
from tests.load.stock.project import trained

ACKNOWLEDGED_AT, REPLIED_AT, STOCK_AT = 40.0, 20.0, 5.0
SOAK_STEP = 5000
# At once: a tenth as many messages for stock Rasa, each side in so many turns.
STOCK_PART, ROUNDS = 10, 4
SCALE = (1, 2, 4)


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="How long at each fixed rate.")
@click.option("--messages", default=6000, show_default=True, help="How many at once.")
@click.option("--soak", default=50_000, show_default=True, help="For the brains' memory; 0: not.")
@click.option("--database", type=click.Choice(("sqlite", "postgresql")), default="postgresql")
@click.option("--gateways", default=1, show_default=True)
@click.option("--brains", default=2, show_default=True)
@click.option("--no-stock", is_flag=True, help="Ours alone.")
@click.option("--scale", is_flag=True, help="Only at once, with 1, 2 and 4 brains, ours alone.")
def main(
    seconds: float, messages: int, soak: int, database: str, gateways: int, brains: int,
    no_stock: bool, scale: bool,
) -> None:  # fmt: skip
    """Write to the real processes and to stock Rasa's, and print how long they took.

    The first run trains stock Rasa (DIET and TED; half an hour), and keeps the model in .bench.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    click.echo(
        f"{platform.platform()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    )
    click.echo(f"a fixed piece of work: {1000 * fixed_work():.0f} ms")
    if scale:
        for number in SCALE:
            _at_once_with(database, gateways, number, messages)
        return
    click.echo(f"{database}; ours: {gateways} gateway(s), {brains} brain(s)")
    if not no_stock:
        for stock in (True, False):  # before anything else runs
            trained(stock=stock)
    with _ours(database, gateways, brains) as ours:
        lines = bars(*_measured(ours, None if no_stock else database, seconds, messages, soak))
    click.echo(f"\na fixed piece of work: {1000 * fixed_work():.0f} ms\n\n{table(lines)}")
    sys.exit(any(line.met is False for line in lines))


def _measured(
    ours: Bench[Ours], stock_on: str | None, seconds: float, messages: int, soak: int
) -> tuple[OurSide, StockSide | None]:
    replied = _at_rate("ours", ours, REPLIED_AT, seconds)
    acknowledged = _at_rate("ours", ours, ACKNOWLEDGED_AT, seconds)
    stock_side = None
    if stock_on is None:
        at_once = _said("ours", None, ours.at_once(messages))
    else:
        with _stock(stock_on) as stock:
            at_once, stock_side = _beside(ours, stock, seconds, messages)
    our_side = OurSide(
        replied=replied,
        acknowledged=acknowledged,
        at_once=at_once,
        long_talks=ours.long_talks(talkers=3),
        memory=tuple(_soaked(ours, soak)),
        starts=start_again(ours.house),
    )
    return our_side, stock_side


def _beside(
    ours: Bench[Ours], stock: Bench[Stock], seconds: float, messages: int
) -> tuple[Measured, StockSide]:
    """Ours and stock Rasa at once, by turns: what else the host does, which differs from one minute
    to the next, then weighs on both. While one is measured the other has nothing to do."""
    replied = _at_rate("stock", stock, STOCK_AT, seconds)
    our_rounds, their_rounds = [], []
    for _ in range(ROUNDS):
        our_rounds.append(_said("ours", None, ours.at_once(messages // ROUNDS)))
        few = messages // STOCK_PART // ROUNDS
        their_rounds.append(_said("stock", None, stock.at_once(few)))
    theirs = StockSide(
        replied=replied,
        at_once=_said("stock, all turns", None, all_of(their_rounds)),
        long_talks=stock.long_talks(talkers=1),
        start=stock.house.site.start_seconds,
        training=trained(stock=True),
        our_training=trained(stock=False),
    )
    return _said("ours, all turns", None, all_of(our_rounds)), theirs


@contextmanager
def _ours(database: str, gateways: int, brains: int) -> Iterator[Bench[Ours]]:
    with _store(database) as (store, folder):
        ours = Ours(store, train_if_needed(), folder / "logs", gateways, brains)
        try:
            bench = Bench(ours)
            bench.warm_up()
            yield bench
        finally:
            ours.site.close()


@contextmanager
def _stock(database: str) -> Iterator[Bench[Stock]]:
    with _store(database) as (store, folder):
        stock = Stock(store, Path(trained(stock=True).model), folder / "logs")
        try:
            bench = Bench(stock)
            bench.warm_up()
            yield bench
        finally:
            stock.site.close()


def _at_once_with(database: str, gateways: int, brains: int, messages: int) -> None:
    with _ours(database, gateways, brains) as bench:
        _said(f"ours, {brains} brain(s)", None, bench.at_once(messages))


def _at_rate(who: str, bench: Bench[Any], rate: float, seconds: float) -> Measured:
    return _said(who, rate, bench.at_rate(rate, seconds))


def _soaked(bench: Bench[Ours], messages: int) -> Iterator[tuple[int, float]]:
    """After how many messages the greatest brain holds how much."""
    for done in range(SOAK_STEP, messages + 1, SOAK_STEP):
        found = _said("ours", None, bench.at_once(SOAK_STEP))
        yield done, max(mb for name, mb in found.memory.items() if name.startswith("brain"))


@contextmanager
def _store(database: str) -> Iterator[tuple[Store, Path]]:
    with tempfile.TemporaryDirectory(prefix="pti-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's user goes through it
        (folder / "logs").mkdir()
        store = Store(database, folder)
        try:
            yield store, folder
        finally:
            store.close()


def _said(who: str, rate: float | None, found: Measured) -> Measured:
    """Prints a load's figures."""
    click.echo(
        f"\n{who}, {f'{rate:.0f} a second' if rate else 'at once'}: {found.answered} of "
        f"{found.messages} answered, {found.rate:.1f} a second"
    )
    for name, times in (("reply", found.replies), ("acknowledgement", found.acknowledged)):
        shares = (f"p{100 * q:.0f} {1000 * percentile(times, q):.0f} ms" for q in (0.5, 0.95, 0.99))
        click.echo(f"  {name}: {', '.join(shares)}")
    each = (f"{name} {1000 * used / found.messages:.1f}" for name, used in found.processor.items())
    total = 1000 * found.processor_a_message
    click.echo(f"  processor, ms a message: {total:.1f} ({', '.join(each)})")
    held = (f"{name} {megabytes:.0f}" for name, megabytes in found.memory.items())
    click.echo(f"  memory, MB: {', '.join(held)}")
    return found


if __name__ == "__main__":
    main()
