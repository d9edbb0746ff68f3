"""What is measured: our processes and stock Rasa's, asked and watched in the same way."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tests.faults.stores import Store
from tests.load.ledger import Ledger
from tests.load.measuring import memory_megabytes, processor_seconds, processor_seconds_of_all
from tests.load.provider import Provider
from tests.load.site import Site
from tests.load.stock.site import WEBHOOK, StockSite
from tests.load.writing import Load, Writer, Written

QUIET_SECONDS = 600.0


class Asked(Protocol):
    """Processes that are written to."""

    name: str
    provider: Provider

    def load(self, people: Sequence[Writer]) -> Load:
        """People who are going to write to it."""

    def answers(self, written: Sequence[Written]) -> dict[str, float]:
        """When the provider got the first part of each answer, by the message's SID."""

    def wait(self) -> None:
        """Waits until nothing is left to answer or to send."""

    def processor(self) -> dict[str, float]:
        """Processor seconds so far, by process; the database server is one of them."""

    def memory(self) -> dict[str, float]:
        """Megabytes, by process."""


class Ours:
    """Gateways and brains."""

    name = "ours"

    def __init__(self, store: Store, model: Path, folder: Path, gateways: int, brains: int) -> None:
        self.store = store
        self.site = Site(
            store.url, model, folder, gateways, brains, with_sandbox=False,
            settings={"PTI_CLAIM_SECONDS": "10"},
        )  # fmt: skip
        self.provider = self.site.provider

    def load(self, people: Sequence[Writer]) -> Load:
        return Load(self.site.urls, people)

    def answers(self, written: Sequence[Written]) -> dict[str, float]:
        ledger = Ledger.of(self.site)
        found = {one.sid: ledger.first_answer_at(one.sid) for one in written}
        return {sid: at for sid, at in found.items() if at is not None}

    def wait(self) -> None:
        assert self.site.wait_until_quiet(QUIET_SECONDS), self.site.open_rows()

    def processor(self) -> dict[str, float]:
        used = {name: processor_seconds(pid) for name, pid in self.site.pids().items()}
        return used | database_processor(self.store)

    def memory(self) -> dict[str, float]:
        return {name: memory_megabytes(pid) for name, pid in self.site.pids().items()}


class Stock:
    """Rasa as it comes: it answers before it acknowledges, so the answer to a message is what the
    provider got in between."""

    name = "stock Rasa"

    def __init__(self, store: Store, model: Path, folder: Path) -> None:
        self.store = store
        self.site = StockSite(store.url, model, folder)
        self.provider = self.site.provider

    def load(self, people: Sequence[Writer]) -> Load:
        return Load(self.site.urls, people, path=WEBHOOK, again=False)

    def answers(self, written: Sequence[Written]) -> dict[str, float]:
        calls: dict[str, list[float]] = defaultdict(list)
        for call in self.provider.calls():
            if call.taken:
                calls[call.to].append(call.ended)
        found = {one.sid: _first(calls[one.writer.address], one) for one in written}
        return {sid: at for sid, at in found.items() if at is not None}

    def wait(self) -> None:
        """It has answered all that it acknowledged."""
        time.sleep(1)

    def processor(self) -> dict[str, float]:
        used = {name: processor_seconds(pid) for name, pid in self.site.pids().items()}
        return used | database_processor(self.store)

    def memory(self) -> dict[str, float]:
        return {name: memory_megabytes(pid) for name, pid in self.site.pids().items()}


def database_processor(store: Store) -> dict[str, float]:
    """The server's processor time; SQLite's is in the processes'."""
    pids = store.server_pids()
    return {"database": processor_seconds_of_all(pids[0])} if pids else {}


def difference(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """What was used between two looks."""
    return {name: after[name] - before.get(name, 0.0) for name in after}


def _first(ended: Sequence[float], one: Written) -> float | None:
    until = one.acknowledged_at or float("inf")
    return next((at for at in ended if one.sent_at <= at <= until), None)
