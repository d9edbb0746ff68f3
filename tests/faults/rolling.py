"""A new version goes out while people write: one process after the other is replaced, brains by
brains with another model, which are started beside them."""

from __future__ import annotations

import shutil

from tests.faults.scene import Scenario, Scene
from tests.load.ledger import Findings, Ledger

NEWER = "newer-model.tar.gz"
SETTLING_SECONDS = 1.0


def replace_everything(scene: Scene) -> None:
    """Puts a new process in the place of each, one after the other, as people go on writing."""
    for kind in ("brain", "gateway"):
        for name in scene.site.names(kind):
            scene.site.replace(name)
            scene.notes.append(f"{name} replaced")
            scene.wait(SETTLING_SECONDS)


def roll(scene: Scene) -> None:
    """A new version, with a new model."""
    site, model = scene.site, scene.folder / NEWER
    if site.model.is_file():
        shutil.copy(site.model, model)
        site.service.environment["PTI_MODEL_PATH"] = str(model)
    scene.wait(scene.terms.seconds / 10)
    replace_everything(scene)
    scene.wait(scene.terms.seconds)


def nothing_was_left_behind(scene: Scene, found: Findings, _ledger: Ledger) -> None:
    """Who was replaced finished what it had: nothing was left to a claim that ran out."""
    if "passed to another brain" in scene.site.logs():
        found.other.append("a claim was lost to another brain")


def both_models_answered(scene: Scene, found: Findings, ledger: Ledger) -> None:
    """The old model and the new one."""
    nothing_was_left_behind(scene, found, ledger)
    if scene.terms.echo:
        return
    if NEWER not in scene.site.logs():
        found.other.append("no brain took the new model")


ROLLING = Scenario(
    "rolling-update", "a new version beside the old one, a new model", roll, both_models_answered
)
