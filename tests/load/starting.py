"""How long gateway and brain take to start, and whether webhooks are taken while a brain does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.load.houses import Ours
from tests.load.messages import scripts
from tests.load.writing import everybody_once

LONGEST_SECONDS = 120.0


@dataclass(frozen=True)
class Starts:
    """Seconds until a gateway answers and until a brain takes messages; how many webhooks were
    not taken at once meanwhile."""

    gateway: float
    brain: float
    refused: int


def start_again(ours: Ours) -> Starts:
    """Ends all brains and the first gateway; starts them, one after the other."""
    site = ours.site
    for name in ("gateway-1", *site.names("brain")):
        site.kill(name)
    gateway = _until(lambda: site.start("gateway-1"), lambda: site.answers(site.urls[0]))
    ready, load = site.brains_ready(), ours.load(everybody_once(scripts(2), "1555790"))

    def start_brain() -> None:
        site.start("brain-1")
        load.start()

    brain = _until(start_brain, lambda: site.brains_ready() > ready)
    written = load.finish(LONGEST_SECONDS)
    site.start_what_is_down()
    ours.wait()
    refused = sum(1 for one in written if one.acknowledged_at is None)
    return Starts(gateway, brain, refused + load.sent_again)


def _until(begin: Callable[[], None], is_so: Callable[[], bool]) -> float:
    began = time.monotonic()
    begin()
    while not is_so():
        assert time.monotonic() - began < LONGEST_SECONDS
        time.sleep(0.01)
    return time.monotonic() - began
