"""What is loaded lies in huge pages, where the kernel has any to give."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import huge_pages
from bot.huge_pages import use_huge_pages

MEGABYTE = 1 << 20
MAPS = """\
00200000-00300000 r-xp 00000000 08:01 11   /usr/bin/python3.10
00400000-00800000 rw-p 00000000 08:01 11   /usr/bin/python3.10
00900000-00f00000 rw-p 00000000 00:00 0    [heap]
01000000-01200000 r--p 00000000 00:00 0 \n\
01500000-016fffff rw-p 00000000 00:00 0 \n\
02000000-02200000 rw-p 00000000 00:00 0 \n\
02400000-02600000 rw-s 00000000 00:01 12   /dev/zero (deleted)
03000000-03800000 rw-p 00000000 00:00 0    [stack]
"""
FILLED = """
import hashlib
from bot.huge_pages import use_huge_pages
kept = [str(number) for number in range(1_000_000)]
before = hashlib.sha256("".join(kept).encode()).hexdigest()
print(use_huge_pages(), before == hashlib.sha256("".join(kept).encode()).hexdigest())
print(open("/proc/self/smaps_rollup").read())
"""


def test_whole_huge_pages_of_the_heaps_and_nothing_else() -> None:
    assert [page / MEGABYTE for page in huge_pages._pages(MAPS)] == [10, 12, 32]


def test_what_is_loaded_lies_in_them_and_is_what_it_was() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", FILLED], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    made, unchanged = printed.split("\n", 1)[0].split()
    assert unchanged == "True"
    (held,) = re.findall(r"AnonHugePages: +(\d+) kB", printed)
    assert int(held) >= 2048 * int(made)
    assert (int(made) > 0) == _may_be_had()


def test_another_system_goes_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(huge_pages, "MAPS", tmp_path / "no /proc here")
    assert use_huge_pages() == 0


def _may_be_had() -> bool:
    """Whether this kernel moves memory into huge pages at once."""
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    major, minor = map(int, re.findall(r"\d+", Path("/proc/version").read_text())[:2])
    return setting.exists() and "[never]" not in setting.read_text() and (major, minor) >= (6, 1)
