"""A new version goes out while people write: one process after the other is replaced, brains by
brains with another model, which are started beside them."""

from __future__ import annotations

import shutil

from tests.faults.scene import Scenario, Scene
from tests.load.ledger import Findings, Ledger

NEWER = "newer-model.tar.gz"
SETTLING_SECONDS = 1.0


def roll(scene: Scene) -> None:
    """Replaces every process, as people go on writing."""
    site, model = scene.site, scene.folder / NEWER
    if site.model.is_file():
        shutil.copy(site.model, model)
        site.service.environment["PTI_MODEL_PATH"] = str(model)
    scene.wait(scene.terms.seconds / 10)
    for kind in ("brain", "gateway"):
        for name in site.names(kind):
            site.replace(name)
            scene.notes.append(f"{name} replaced")
            scene.wait(SETTLING_SECONDS)
    scene.wait(scene.terms.seconds)


def both_models_answered(scene: Scene, found: Findings, _ledger: Ledger) -> None:
    """The old model and the new one; nothing was left to a claim that ran out."""
    if "passed to another brain" in scene.site.logs():
        found.other.append("a claim was lost to another brain")
    if scene.terms.echo:
        return
    if NEWER not in scene.site.logs():
        found.other.append("no brain took the new model")


ROLLING = Scenario(
    "rolling-update", "a new version beside the old one, a new model", roll, both_models_answered
)
