"""One scenario at work: people write, harm is done, everything is put right, and then what happened
is held against what was promised."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.stores import Store
from tests.load.ledger import Findings, Ledger, Peace, examine, in_peace
from tests.load.messages import Script, scripts
from tests.load.site import PTI, Program, Site
from tests.load.traces import files_in, found_in_clear
from tests.load.writing import Load, Writer, Written, address, everybody_once, writers
from tests.registration.people import STEPS, Answers

QUIET_SECONDS = 420.0
# So long a harm waits at most for something that it can strike.
STRIKE_SECONDS = 240.0
SANDBOX_LINE = "PRUEBA-NO-PAGAR-"
# Numbers of the people in peace, under load, who register, and whom a scenario brings.
PHONES = {"peace": "1555730", "load": "1555731", "registering": "1555732", "special": "1555733"}


@dataclass(frozen=True)
class Terms:
    """How much is written, for how long, and by what chance harm is done."""

    seconds: float
    rate: float
    seed: int
    conversations: int = 6
    registering: int = 2
    """How many register meanwhile; none: there is no institute."""
    gateways: int = 2
    brains: int = 2
    echo: bool = False
    """Brains only repeat what they are told."""


@dataclass
class Scene:
    """What a scenario's harm has in its hands."""

    terms: Terms
    store: Store
    site: Site
    folder: Path
    rng: random.Random
    load: Load
    began: float = field(default_factory=time.monotonic)
    notes: list[str] = field(default_factory=list)
    strikes: dict[str, int] = field(default_factory=dict)
    """What the harm struck, and how often: a harm that struck nothing shows nothing."""
    answered_after: float = 0.0
    """Seconds from the first message until nothing was left to answer, to send or to do."""

    def wait(self, seconds: float) -> None:
        """Lets time pass, while a supervisor starts what died; not beyond the scenario's end."""
        self.let_pass(min(seconds, self.began + self.terms.seconds - time.monotonic()))

    def let_pass(self, seconds: float) -> None:
        """The same, also beyond that end: on a busy machine there is work left then."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.site.start_what_is_down()
            time.sleep(min(0.1, max(0.0, until - time.monotonic())))

    def wait_for(self, happened: Callable[[], bool]) -> bool:
        """Lets time pass until the harm struck something, beyond the end too; whether it did.

        A service that is behind with its work would not notice a harm that lasts a fixed time.
        """
        until = time.monotonic() + STRIKE_SECONDS
        while not happened():
            over = not self.load.is_running and not any(self.site.open_rows().values())
            if over or time.monotonic() > until:
                return happened()
            self.let_pass(0.5)
        return True

    @property
    def goes_on(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.began + self.terms.seconds


Harm = Callable[[Scene], None]


@dataclass(frozen=True)
class Scenario:
    """What is done to the service, with what has to be so afterwards beside what always has."""

    name: str
    title: str
    harm: Harm
    after: Callable[[Scene, Findings, Ledger], None] | None = None
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    on_disk: bool = False
    harmed: bool = False
    """The processes run by `tests.faults.harmed`."""
    twice: bool = False
    """Every webhook comes twice."""
    special: tuple[str, ...] = ()
    """What one more person writes, in the middle."""
    settings: Mapping[str, str] = field(default_factory=dict)


def play(
    scenario: Scenario, database: str, terms: Terms, model: Path, folder: Path
) -> tuple[Scene, Findings]:
    """Plays a scenario on a database."""
    folder.mkdir(mode=0o755)
    (folder / "logs").mkdir()
    store = Store(database, folder, scenario.on_disk)
    scene = None
    try:
        site = _site(scenario, terms, store, model, folder)
        try:
            peace, quiet = _in_peace(site, terms)
            scene = _scene(scenario, terms, store, site, folder)
            found = _harmed(scenario, scene, peace)
            found.other += quiet
        finally:
            broken = site.close()
        found.other += [f"not admitted by Twilio: {line}" for line in broken]
        return scene, found
    finally:
        store.close()


def _site(scenario: Scenario, terms: Terms, store: Store, model: Path, folder: Path) -> Site:
    def program(name: str) -> Program:
        echo = terms.echo and name.startswith("brain")
        if scenario.harmed:
            harmed = ("-m", "tests.faults.harmed", str(folder), name)
            return (*harmed, "echo") if echo else harmed
        return ("-m", "tests.faults.echo_brain") if echo else PTI

    return Site(
        store.url,
        model,
        folder / "logs",
        gateways=terms.gateways,
        brains=terms.brains,
        with_sandbox=terms.registering > 0,
        settings={"PTI_CLAIM_SECONDS": "10", "PTI_IMSS_BREAKER_SECONDS": "2", **scenario.settings},
        program=program,
    )


def _in_peace(site: Site, terms: Terms) -> tuple[Peace, list[str]]:
    """What is answered before anything is harmed, and what was wrong even then."""
    load = Load(site.urls, everybody_once(scripts(terms.conversations), PHONES["peace"])).start()
    written = load.finish(QUIET_SECONDS)
    if not site.wait_until_quiet(QUIET_SECONDS):
        raise TimeoutError(f"not even in peace: {site.open_rows()}\n{site.logs()[-4000:]}")
    ledger = Ledger.of(site)
    peace = in_peace(ledger, written)
    found = examine(ledger, written, [], peace)
    wrong = [f"in peace: {name} {rows}" for name, rows in found.misses.items()]
    return peace, wrong + [f"in peace: excused {row}" for row in found.excused]


def _people(scenario: Scenario, terms: Terms) -> list[Writer]:
    people = writers(scripts(terms.conversations), terms.rate, terms.seconds, PHONES["load"])
    step = terms.seconds / (len(STEPS) + 4)
    for number in range(terms.registering):
        answers = Answers()
        said = ("me quiero inscribir", *(answers.of(name) for name in STEPS))
        script = Script(f"registering-{number}", said, comparable=False)
        due = tuple(step * (place + number / 2) for place in range(len(said)))
        people.append(Writer(address(PHONES["registering"], number), script, due))
    if scenario.special:
        script = Script("special", scenario.special, comparable=False)
        due = tuple(terms.seconds / 4 + 0.2 * place for place in range(len(scenario.special)))
        people.append(Writer(address(PHONES["special"], 0), script, due))
    return people


def _scene(scenario: Scenario, terms: Terms, store: Store, site: Site, folder: Path) -> Scene:
    load = Load(site.urls, _people(scenario, terms), twice=scenario.twice)
    rng = random.Random(terms.seed)  # noqa: S311
    return Scene(terms, store, site, folder, rng, load.start())


def _harmed(scenario: Scenario, scene: Scene, peace: Peace) -> Findings:
    scenario.harm(scene)
    scene.site.go_on()
    scene.site.provider.behave(least_seconds=0.02, most_seconds=0.08, failing=0.0, losing=0.0)
    scene.site.start_what_is_down()
    written = scene.load.finish(QUIET_SECONDS)
    quiet = scene.site.wait_until_quiet(QUIET_SECONDS)
    scene.answered_after = time.monotonic() - scene.began
    last = max((one.acknowledged_at or 0.0 for one in written), default=scene.began)
    scene.notes.append(f"acknowledged after {last - scene.began:.0f} s")
    scene.notes.append("load average " + " ".join(f"{load:.0f}" for load in os.getloadavg()))
    ledger = Ledger.of(scene.site)
    found = examine(ledger, written, scene.site.kills, peace)
    if not quiet:
        found.other.append(f"something still waits: {scene.site.open_rows()}")
    found.other += scene.load.surprises
    if missing := [one.sid for one in written if one.acknowledged_at is None]:
        found.other.append(f"never acknowledged: {len(missing)}")
    _registered_once(scene, ledger, written, found)
    _nothing_in_clear(scene, written, found)
    if scenario.after:
        scenario.after(scene, found, ledger)
    scene.notes += [f"{what}: {count}" for what, count in scene.strikes.items()]
    found.other += [f"nothing was struck: {what}" for what, n in scene.strikes.items() if n == 0]
    return found


def _registered_once(scene: Scene, ledger: Ledger, written: list[Written], found: Findings) -> None:
    """Everybody who registered has one registration and one line, and was told the line once."""
    sandbox, count = scene.site.sandbox, scene.terms.registering
    theirs = {
        ledger.by_sid[one.sid].conversation_id
        for one in written
        if one.writer.script.name.startswith("registering") and one.sid in ledger.by_sid
    }
    aside = {row.conversation_id for row in ledger.inbox if row.state == "set_aside"}
    if sandbox is None or theirs & aside:
        return
    for table in ("registrations", "capture_lines"):
        if sandbox.count(table) != count:
            found.other.append(f"{sandbox.count(table)} {table} of {count} people")
    lines = [
        row.id
        for row in ledger.outbox
        if row.conversation_id in theirs
        for calls in [ledger.taken[row.uuid][1]]
        if calls and calls[0].body.startswith(SANDBOX_LINE)
    ]
    if len(lines) != count:
        found.other.append(f"{len(lines)} lines were told to {count} people")


def _nothing_in_clear(scene: Scene, written: list[Written], found: Findings) -> None:
    typed = {one.writer.script.texts[one.place] for one in written}
    typed |= {f"{phones}0" for phones in PHONES.values()}
    if scene.store.server is not None and scene.store.server.is_running():
        with scene.site.database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("CHECKPOINT")
    # What the provider wrote down is the provider's.
    logs = (p for p in files_in(scene.folder / "logs") if p.suffix != ".jsonl")
    for place in found_in_clear(typed, [*scene.store.files(), *logs]):
        found.other.append(f"in clear: {place}")
    if "Traceback" in scene.site.logs():
        found.other.append("a traceback in the logs")
