"""`kill -9` of gateways and brains by chance while people write by signed webhooks, and every fifth
call of the provider fails.

The brains only repeat and count, so that they are back at once; `make faults` does this with Rasa,
for longer, with people who register, and much else."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path

import pytest

from tests.faults.rekeying import REKEYING
from tests.faults.rolling import ROLLING
from tests.faults.scenarios import SCENARIOS
from tests.faults.scene import Terms, play

KILL = next(scenario for scenario in SCENARIOS if scenario.name == "kill")
TERMS = Terms(seconds=12.0, rate=10.0, seed=7, conversations=2, registering=0, echo=True)
# Short leases, so that what a process held when it was killed is soon taken by another.
QUICK = {"PTI_CLAIM_SECONDS": "3", "PTI_DELIVERY_SEND_SECONDS": "3"}


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that PostgreSQL's user may go into."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_everybody_is_answered_once_and_in_order(open_folder: Path, database: str) -> None:
    scenario = dataclasses.replace(KILL, settings=QUICK)
    scene, found = play(scenario, database, TERMS, Path("no-model"), open_folder / database)
    assert found.misses == {}, scene.site.logs()[-4000:]
    assert found.acknowledged == found.answered == TERMS.seconds * TERMS.rate
    assert len(scene.site.kills) >= 3


def test_a_new_version_goes_out_and_nothing_is_lost(open_folder: Path) -> None:
    scene, found = play(ROLLING, "postgresql", TERMS, Path("no-model"), open_folder / "rolling")
    assert found.misses == {}, scene.site.logs()[-4000:]
    assert found.acknowledged == found.answered == TERMS.seconds * TERMS.rate
    assert [note for note in scene.notes if note.endswith("replaced")] == [
        f"{name} replaced" for name in ("brain-1", "brain-2", "gateway-1", "gateway-2")
    ]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_keys_are_rotated_and_nothing_is_lost(open_folder: Path, database: str) -> None:
    scene, found = play(REKEYING, database, TERMS, Path("no-model"), open_folder / database)
    assert found.misses == {}, scene.site.logs()[-4000:]
    assert found.acknowledged == found.answered == TERMS.seconds * TERMS.rate
