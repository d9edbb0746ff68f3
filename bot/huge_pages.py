"""What a process has loaded, in pages of two megabytes instead of four kilobytes.

An interpreter goes through many small things that lie far from each other. With small pages the
processor looks up, again and again, where each of them is: that took a twentieth of a message's
time (docs/decisions/0035-huge-pages.md).
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

HUGE = 2 * 1024 * 1024
# Of linux/mman.h, since Linux 6.1. It is done at once, and where the system gives huge pages only
# to those who ask (/sys/kernel/mm/transparent_hugepage/enabled) as well.
MADV_COLLAPSE = 25
# Of no file and written to: the heaps.
OWN = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *(\[heap\])?$")
MAPS = Path("/proc/self/maps")


def use_huge_pages() -> int:
    """Moves what is in the heaps now; gives how many huge pages that made.

    None on another system, or where the kernel has none to give: nothing else changes.
    """
    if not MAPS.exists():
        return 0
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return sum(madvise(page, HUGE, MADV_COLLAPSE) == 0 for page in _pages(MAPS.read_text()))


def _pages(maps: str) -> Iterator[int]:
    """Where a huge page could lie."""
    for found in map(OWN.match, maps.splitlines()):
        if found:
            start, end = (int(place, 16) for place in found.groups()[:2])
            yield from range(-(-start // HUGE) * HUGE, end // HUGE * HUGE, HUGE)
