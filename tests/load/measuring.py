"""Processor time and memory of processes, as Linux counts them, and percentiles."""

from __future__ import annotations

import contextlib
import math
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors so far."""
    # The name in brackets may hold spaces; user and system time are the 12th and 13th after it.
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_seconds_of_all(pid: int) -> float:
    """The same with all its children, those that ended too: of a PostgreSQL server, say."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    total = processor_seconds(pid) + ended
    for child in children:
        with contextlib.suppress(FileNotFoundError):
            total += processor_seconds(int(child))
    return total


def memory_megabytes(pid: int) -> float:
    """What a process holds of the memory."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else math.nan


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so great a share of the values does not exceed; nan of none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def fixed_work() -> float:
    """Processor seconds of the same work always, the least of five: how fast this machine is just
    now. Where others share it, that changes by a third within minutes."""
    took = []
    for _ in range(5):
        before = time.process_time()
        sum(number * number for number in range(2_000_000))
        took.append(time.process_time() - before)
    return min(took)
