"""The bars, and what was measured held against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.measured import Measured
from tests.load.starting import Starts
from tests.load.stock.project import Trained

# A process that holds more by less than this at the end of the soak is flat.
FLAT_MEGABYTES = 25.0
SOAKED = 50_000


@dataclass(frozen=True)
class OurSide:
    """What was measured of ours. `memory`: of the greatest brain, after so many messages."""

    acknowledged: Measured
    replied: Measured
    at_once: Measured
    long_talks: float
    starts: Starts
    memory: tuple[tuple[int, float], ...] = field(default=())


@dataclass(frozen=True)
class StockSide:
    """The same of stock Rasa, and how long a processor trained both on the same data."""

    replied: Measured
    at_once: Measured
    long_talks: float
    start: float
    training: Trained
    our_training: Trained


@dataclass(frozen=True)
class Bar:
    """A line of the table. `met` is None where there was nothing to hold it against."""

    what: str
    to_reach: str
    ours: str
    stock: str
    met: bool | None


def bars(ours: OurSide, stock: StockSide | None) -> list[Bar]:
    """All lines, those that need stock Rasa too."""
    return [*_alone(ours, stock), *(_beside(ours, stock) if stock else [])]


def table(lines: Sequence[Bar]) -> str:
    """As Markdown."""
    said = {True: "met", False: "**missed**", None: "–"}
    head = "| | to reach | ours | stock Rasa | |\n|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| {bar.what} | {bar.to_reach} | {bar.ours} | {bar.stock} | {said[bar.met]} |"
        for bar in lines
    )


def _alone(ours: OurSide, stock: StockSide | None) -> list[Bar]:
    acknowledged, replied = ours.acknowledged.acknowledgement(0.99), ours.replied.reply(0.95)
    rate, lost = ours.at_once.rate, ours.at_once.messages - ours.at_once.answered
    gateway, brain = ours.starts.gateway, ours.starts.brain
    stock_reply = f"{_ms(stock.replied.reply(0.95))} at 5/s" if stock else ""
    stock_long = f"{stock.long_talks:.2f}" if stock else ""
    return [
        Bar("acknowledgement, p99, at 40/s", "150 ms", _ms(acknowledged), "", acknowledged <= 0.15),
        Bar("reply, p95, at 20/s", "300 ms", _ms(replied), stock_reply, replied <= 0.3),
        Bar(
            *("answered a second, at once", "60, none lost", f"{rate:.0f}, {lost} lost"),
            f"{stock.at_once.rate:.1f}" if stock else "",
            rate >= 60 and lost == 0,
        ),
        Bar(
            *("questions up to the 200th message against the first ten", "1.5"),
            *(f"{ours.long_talks:.2f}", stock_long, ours.long_talks <= 1.5),
        ),
        _memory(ours, stock),
        Bar(
            *("start of gateway / brain, webhooks taken meanwhile", "2 s / 15 s"),
            f"{gateway:.1f} s / {brain:.1f} s, {ours.starts.refused} refused",
            f"{stock.start:.0f} s" if stock else "",
            gateway <= 2 and brain <= 15 and ours.starts.refused == 0,
        ),
    ]


def _memory(ours: OurSide, stock: StockSide | None) -> Bar:
    held = max(mb for name, mb in ours.at_once.memory.items() if name.startswith("brain"))
    told, met = f"{held:.0f} MB", None if held < 700 else False
    if ours.memory:
        (first, before), (last, after) = ours.memory[0], ours.memory[-1]
        told = f"{before:.0f} MB after {first:,} messages, {after:.0f} MB after {last:,}"
        met = max(held, after) < 700 and after - before < FLAT_MEGABYTES
        if met and last < SOAKED:
            met = None  # so far it is
    theirs = f"{stock.at_once.memory['rasa']:.0f} MB" if stock else ""
    return Bar("memory of a brain", "under 700 MB, flat over 50,000 messages", told, theirs, met)


def _beside(ours: OurSide, stock: StockSide) -> list[Bar]:
    faster = ours.at_once.rate / stock.at_once.rate
    work = stock.at_once.processor_a_message / ours.at_once.processor_a_message
    training = stock.training.processor_seconds / stock.our_training.processor_seconds
    return [
        Bar(
            "answered a second against stock Rasa",
            "5 times",
            f"{faster:.1f} times",
            "1",
            faster >= 5,
        ),
        Bar(
            *("processor time a message", "a fifth", f"{_ms(ours.at_once.processor_a_message)}"),
            *(f"{_ms(stock.at_once.processor_a_message)}, {work:.1f} times", work >= 5),
        ),
        Bar(
            f"training on {stock.training.examples:,} examples, processor time",
            "a thirtieth",
            f"{stock.our_training.processor_seconds:.0f} s",
            f"{stock.training.processor_seconds:.0f} s, {training:.0f} times",
            training >= 30,
        ),
    ]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
