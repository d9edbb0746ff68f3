"""Keys of encryption are rotated while people write, by the steps of docs/operations/data.md."""

from __future__ import annotations

from bot.storage.database import Database
from bot.storage.encryption import Cipher
from bot.storage.encryption_keys import new_key
from bot.storage.reseal import Reseal
from tests.faults.rolling import nothing_was_left_behind, replace_everything
from tests.faults.scene import Scenario, Scene
from tests.load.ledger import Findings, Ledger
from tests.support.service import SECRETS

KEYS = "PTI_ENCRYPTION_KEYS"
RESEAL_SECONDS = 120.0


def rotate_keys(scene: Scene) -> None:
    """A new key behind the old, in front of it, everything sealed with it, the old one gone."""
    environment, new = scene.site.service.environment, new_key()
    old = environment[KEYS]
    scene.wait(scene.terms.seconds / 10)
    for keys in (f"{old},{new}", f"{new},{old}"):
        environment[KEYS] = keys
        replace_everything(scene)
    resealing = scene.site.service.start("keys", "reseal")
    scene.strikes["resealed"] = int(resealing.wait(RESEAL_SECONDS) == 0)
    environment[KEYS] = new
    replace_everything(scene)
    scene.wait(scene.terms.seconds)


def the_new_key_opens_everything(scene: Scene, found: Findings, ledger: Ledger) -> None:
    """It alone, and all that is stored."""
    nothing_was_left_behind(scene, found, ledger)
    new = scene.site.service.environment[KEYS]
    database = Database(scene.store.url, Cipher([new], SECRETS["PTI_INDEX_KEY"]))
    try:
        unreadable = Reseal(database, lambda *_: None).run()
    finally:
        database.dispose()
    left = ((name, count) for name, count in unreadable.items() if count)
    found.other += [f"the new key does not open {count} of {name}" for name, count in left]


REKEYING = Scenario(
    "new-keys",
    "keys of encryption rotated",
    rotate_keys,
    the_new_key_opens_everything,
)
