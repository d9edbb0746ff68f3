"""What is done to the service, and how it is put right. Chance comes from the run's seed."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.rekeying import REKEYING
from tests.faults.rolling import ROLLING
from tests.faults.scene import Scenario, Scene
from tests.load.ledger import Findings, Ledger
from tests.load.provider import Call

POISON = "un mensaje que tumba todo"
APOLOGY = ("No pude atender su último mensaje", "No pude atender su ultimo mensaje", "sorry after")
HOUR = 3600
PROVIDER_FAILS = 0.2
LEAST_PAUSE_SECONDS = 2.5
SLOW_SECONDS = 1.0
# So many calls or answers a harm has to strike before the next.
STRUCK = 10


def kill_each_in_turn(scene: Scene) -> None:
    """`kill -9` of every process, one after the other, then of any, until the end; every fifth
    call of the provider fails."""
    scene.site.provider.behave(failing=PROVIDER_FAILS, most_seconds=0.3)
    order = scene.site.names()
    scene.rng.shuffle(order)
    pause = max(LEAST_PAUSE_SECONDS, scene.terms.seconds / 12)
    while scene.goes_on:
        scene.wait(scene.rng.uniform(0.5, 1.5) * pause)
        if scene.goes_on:
            # A brain takes seconds to start; a gateway is the one that may send twice.
            kind = scene.rng.choice(("gateway", "gateway", "brain"))
            scene.site.kill(order.pop() if order else scene.site.any_of(scene.rng, kind))
    scene.notes.append(f"{len(scene.site.kills)} kills")


def stop_postgresql(scene: Scene) -> None:
    """PostgreSQL stops as in a power cut, for 20 s or a third of the time, and is started."""
    assert scene.store.server
    scene.wait(scene.terms.seconds / 4)
    away = min(20.0, scene.terms.seconds / 3)
    scene.store.server.stop("immediate")
    scene.wait(away)
    scene.store.server.start()
    scene.notes.append(f"away for {away:.0f} s")
    scene.wait(scene.terms.seconds)


def fill_the_disk(scene: Scene) -> None:
    """Nothing more fits on the database's disk, for a while."""
    disk = scene.store.disk
    assert disk

    def pids() -> list[int]:
        return [*scene.store.server_pids(), *scene.site.pids().values()]

    scene.wait(scene.terms.seconds / 4)
    disk.fill(pids)
    scene.wait(min(15.0, scene.terms.seconds / 3))
    disk.free(pids)
    if scene.store.server and not scene.store.server.is_running():
        scene.notes.append("PostgreSQL had given up and was started")
        scene.store.server.start()
    scene.notes.append(disk.kind)
    scene.wait(scene.terms.seconds)


def set_clocks_back(scene: Scene) -> None:
    """One process after the other has a clock that is an hour behind, then a right one again."""
    names = scene.site.names()
    for name in names:
        clock, before = scene.folder / f"clock-{name}", scene.site.answered()
        clock.write_text(str(-HOUR), "utf-8")
        scene.wait(scene.terms.seconds / (len(names) + 1))
        scene.wait_for(lambda n=before: scene.site.answered() >= n + STRUCK)
        clock.unlink()
    scene.wait(scene.terms.seconds)


def provider_in_trouble(scene: Scene) -> None:
    """It is down, then slow, then loses every fourth answer, and every status comes twice and in
    any order; webhooks come twice."""
    provider, part = scene.site.provider, scene.terms.seconds / 5
    provider.behave(statuses=["delivered", "sent", "delivered", "queued"])
    scene.wait(part)
    provider.behave(failing=1.0)
    scene.wait(part)
    _struck(scene, "failed", lambda call: not call.taken)
    provider.behave(failing=0.0, least_seconds=SLOW_SECONDS, most_seconds=4.0)
    scene.wait(part)
    _struck(scene, "slow", lambda call: call.ended - call.began >= SLOW_SECONDS)
    provider.behave(least_seconds=0.02, most_seconds=0.3, losing=0.25)
    scene.wait(scene.terms.seconds)
    _struck(scene, "answers lost", lambda call: call.lost)


def _struck(scene: Scene, what: str, is_one: Callable[[Call], bool]) -> None:
    """Waits for some calls that went so, and notes how many there were."""

    def count() -> int:
        calls = scene.site.provider.calls()
        return sum(is_one(call) for call in calls if call.began > scene.began)

    scene.wait_for(lambda: count() >= STRUCK)
    scene.strikes[what] = count()


def institute_down(scene: Scene) -> None:
    """The institute's service is killed while people register, and is back at the end, once
    somebody has had to wait for it."""
    sandbox = scene.site.sandbox
    assert sandbox, "nobody registers with brains that only repeat"
    scene.wait(scene.terms.seconds / 2)
    sandbox.kill()
    scene.wait(scene.terms.seconds)
    scene.wait_for(lambda: scene.site.errands_tried() > 0)
    scene.strikes["errands waited"] = scene.site.errands_tried()
    sandbox.start()


def hang_a_brain(scene: Scene) -> None:
    """A brain stops in its tracks in the middle of a commit, then at any moment; each time for
    longer than its claims last."""
    seconds, in_commits = min(15.0, scene.terms.seconds / 4), 0
    for name in scene.site.names("brain")[:2]:
        scene.wait(scene.terms.seconds / 8)
        file = scene.folder / f"hang-{name}"
        file.touch()
        in_commits += scene.wait_for(lambda f=file: not f.exists())
        file.unlink(missing_ok=True)
        for _ in range(2):
            scene.site.hang(name)
            scene.let_pass(seconds)
            scene.site.go_on()
            scene.let_pass(1.0)
    scene.strikes["hung in a commit"] = in_commits
    scene.wait(scene.terms.seconds)


def hang_a_gateway(scene: Scene) -> None:
    """A gateway stops in its tracks while it sends, for longer than its claims last."""
    for name in scene.site.names("gateway")[:2]:
        scene.wait(scene.terms.seconds / 8)
        began, process = time.monotonic(), scene.site.process(name)
        sends = scene.wait_for(
            lambda n=process, at=began: any(
                call.gateway == n and call.began > at for call in scene.site.provider.calls()
            )
        )
        scene.strikes[f"{name} was sending"] = int(sends)
        scene.site.hang(name)
        scene.let_pass(max(10.0, scene.terms.seconds / 3))
        scene.site.go_on()
    scene.wait(scene.terms.seconds)


def send_poison(scene: Scene) -> None:
    """A message that every brain dies of."""
    (scene.folder / "poison").write_text(POISON, "utf-8")
    scene.wait(scene.terms.seconds)


def poison_was_set_aside(scene: Scene, found: Findings, ledger: Ledger) -> None:
    """It alone; its sender was told, and got an answer to what they wrote after; there is an
    alarm."""
    aside = {row.id: row.provider_id for row in ledger.inbox if row.state == "set_aside"}
    poisoned = [
        one
        for one in scene.load.written
        if one.writer.script.texts[one.place] == POISON and one.sid in aside.values()
    ]
    if len(aside) != 1 or len(poisoned) != 1:
        found.other.append(f"set aside: {sorted(aside)}")
        return
    if not "".join(ledger.told(poisoned[0].sid)).startswith(APOLOGY):
        found.other.append("the sender of the poison was not told")
    if "CRITICAL" not in scene.site.logs():
        found.other.append("no alarm")


def nobody_is_excused(_scene: Scene, found: Findings, _ledger: Ledger) -> None:
    """No message is given up where none is at fault."""
    if found.excused:
        found.other.append(f"excused: {found.excused}")


SCENARIOS = (
    Scenario("kill", "kill -9 of each and any process, provider failing 20 %", kill_each_in_turn),
    Scenario(
        "postgresql-away",
        "PostgreSQL stopped and restarted",
        stop_postgresql,
        nobody_is_excused,
        databases=("postgresql",),
    ),
    Scenario("disk-full", "disk full for a while", fill_the_disk, nobody_is_excused, on_disk=True),
    Scenario("clock", "clock set back an hour", set_clocks_back, nobody_is_excused, harmed=True),
    Scenario(
        "provider",
        "provider down, slow, losing answers; all twice",
        provider_in_trouble,
        nobody_is_excused,
        twice=True,
    ),
    Scenario("institute", "IMSS service down mid-registration", institute_down, nobody_is_excused),
    Scenario(
        "brain-hangs",
        "a brain hangs (SIGSTOP), goes on",
        hang_a_brain,
        nobody_is_excused,
        harmed=True,
        settings={"PTI_CLAIM_SECONDS": "4"},
    ),
    Scenario(
        "gateway-hangs",
        "a gateway hangs (SIGSTOP), goes on",
        hang_a_gateway,
        nobody_is_excused,
        settings={"PTI_DELIVERY_SEND_SECONDS": "2"},
    ),
    Scenario(
        "poison",
        "a message that every brain dies of",
        send_poison,
        poison_was_set_aside,
        harmed=True,
        special=("hola", POISON, "cuanto cuesta el seguro"),
        settings={"PTI_CLAIM_SECONDS": "3"},
    ),
    ROLLING,
    REKEYING,
)
