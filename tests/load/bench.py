"""How fast it is: messages by signed webhooks at a fixed rate, or at once, and when the provider
got the answers.

    python -m tests.load.bench --help
"""

from __future__ import annotations

import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from bot.cli.training import train_if_needed
from tests.faults.stores import Store
from tests.load.ledger import Findings, Ledger, examine, in_peace
from tests.load.measuring import memory_megabytes, percentile, processor_seconds
from tests.load.messages import scripts
from tests.load.site import Site
from tests.load.writing import Load, Written, everybody_once, writers

LONGEST_SECONDS = 600.0
CONVERSATIONS = 6


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="How long people write.")
@click.option("--rate", default=20.0, show_default=True, help="Messages a second.")
@click.option("--at-once", is_flag=True, help="All of them as fast as they are taken.")
@click.option("--database", type=click.Choice(("sqlite", "postgresql")), default="sqlite")
@click.option("--gateways", default=1, show_default=True)
@click.option("--brains", default=2, show_default=True)
def main(
    seconds: float, rate: float, at_once: bool, database: str, gateways: int, brains: int
) -> None:
    """Write to the real processes and print how long they took."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    with tempfile.TemporaryDirectory(prefix="pti-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "logs").mkdir()
        store = Store(database, folder)
        try:
            site = Site(
                store.url,
                train_if_needed(),
                folder / "logs",
                gateways,
                brains,
                with_sandbox=False,
                settings={"PTI_CLAIM_SECONDS": "10"},
            )
            try:
                found = _measure(site, seconds, rate, at_once)
            finally:
                site.close()
        finally:
            store.close()
    click.echo(f"{platform.platform()}, {os.cpu_count()} cores, {database}, {gateways} + {brains}")
    sys.exit(bool(found.misses))


def _measure(site: Site, seconds: float, rate: float, at_once: bool) -> Findings:
    talks = scripts(CONVERSATIONS)
    warm_up = Load(site.urls, everybody_once(talks, "1555740")).start().finish(LONGEST_SECONDS)
    site.wait_until_quiet(LONGEST_SECONDS)
    peace = in_peace(Ledger.of(site), warm_up)
    before, began = _used(site), time.monotonic()
    people = writers(talks, rate, seconds, "1555741")
    if at_once:
        people = [replace(one, due=(0.0,) * len(one.due)) for one in people]
    written = Load(site.urls, people).start().finish(seconds + LONGEST_SECONDS)
    site.wait_until_quiet(LONGEST_SECONDS)
    after, ledger = _used(site), Ledger.of(site)
    memory = {name: memory_megabytes(pid) for name, pid in site.pids().items()}
    _print(ledger, written, began, {name: after[name] - before[name] for name in after}, memory)
    found = examine(ledger, written, [], peace)
    click.echo(f"misses: {found.misses or 'none'}")
    return found


def _used(site: Site) -> dict[str, float]:
    return {name: processor_seconds(pid) for name, pid in site.pids().items()}


def _print(
    ledger: Ledger,
    written: Sequence[Written],
    began: float,
    used: Mapping[str, float],
    memory: Mapping[str, float],
) -> None:
    answered = {one.sid: at for one in written if (at := ledger.first_answer_at(one.sid))}
    replies = [answered[one.sid] - one.sent_at for one in written if one.sid in answered]
    acknowledged = [one.acknowledged_at - one.sent_at for one in written if one.acknowledged_at]
    took = max(answered.values()) - began
    click.echo(f"{len(written)} messages, {len(answered) / took:.1f} answered a second")
    for name, values in (("reply", replies), ("acknowledgement", acknowledged)):
        shares = (f"p{share:.0%} {percentile(values, share):.3f} s" for share in (0.5, 0.95, 0.99))
        click.echo(f"{name}: {', '.join(shares)}".replace("%", ""))
    total = sum(used.values())
    click.echo(f"processor: {1000 * total / len(written):.1f} ms a message")
    for name, seconds in used.items():
        click.echo(f"  {name}: {1000 * seconds / len(written):.1f} ms, {memory[name]:.0f} MB")


if __name__ == "__main__":
    main()
