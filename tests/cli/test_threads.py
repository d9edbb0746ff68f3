"""A process of ours does its linear algebra on one thread: more wait by spinning."""

from __future__ import annotations

import os
import subprocess
import sys

from bot.settings.threads import THREADS

SHOW = """
from bot.cli import main
main(["curp", "--help"], standalone_mode=False)
import os, numpy, scipy.linalg, sklearn.linear_model
from threadpoolctl import threadpool_info
print(sorted({pool["num_threads"] for pool in threadpool_info()}))
print(os.environ["OMP_NUM_THREADS"])
"""


def _shown(**environment: str) -> list[str]:
    others = {name: value for name, value in os.environ.items() if name not in THREADS}
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SHOW],
        env={**others, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.splitlines()[-2:]


def test_one_thread() -> None:
    assert _shown() == ["[1]", "1"]


def test_whoever_sets_it_is_obeyed() -> None:
    assert _shown(OMP_NUM_THREADS="2")[-1] == "2"
