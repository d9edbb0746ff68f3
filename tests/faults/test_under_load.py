"""`kill -9` of gateways and brains by chance while people write by signed webhooks and register,
and every fifth call of the provider fails. `make faults` does this for longer, and much else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS
from tests.faults.scene import Terms, play

KILL = next(scenario for scenario in SCENARIOS if scenario.name == "kill")
TERMS = Terms(seconds=12.0, rate=10.0, seed=7, conversations=2, registering=1, brains=1)
# Short leases, so that what a process held when it was killed is soon taken by another.
QUICK = {"PTI_CLAIM_SECONDS": "3", "PTI_DELIVERY_SEND_SECONDS": "3"}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_everybody_is_answered_once_and_in_order(
    model: Path, tmp_path: Path, database: str
) -> None:
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)  # PostgreSQL runs as another user
    scenario = dataclasses.replace(KILL, settings=QUICK)
    scene, found = play(scenario, database, TERMS, model, tmp_path / database)
    assert found.misses == {}, scene.site.logs()[-4000:]
    assert found.acknowledged == found.answered
    assert found.acknowledged >= TERMS.seconds * TERMS.rate
    assert len(scene.site.kills) >= 3
