"""The arrows of the architecture: who may import whom."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import PROJECT_ROOT
from tests.architecture.sources import sources

# A part of the product -> the parts that it may use besides itself: what people reach at the top,
# what knows nothing of the others at the bottom.
MAY_USE = {
    "bot.cli": {
        "bot.channels", "bot.console", "bot.errands", "bot.gateway", "bot.huge_pages", "bot.imss",
        "bot.logs", "bot.messaging", "bot.nlu", "bot.people", "bot.programme", "bot.retention",
        "bot.settings", "bot.serving", "bot.slips", "bot.status", "bot.storage",
    },
    "bot.gateway": {
        "bot.channels", "bot.exact_paths", "bot.imss", "bot.logs", "bot.media", "bot.messaging",
        "bot.people", "bot.retention", "bot.safe_headers", "bot.settings", "bot.slips",
        "bot.slow_bodies", "bot.status", "bot.stopping", "bot.storage",
    },
    "bot.console": {
        "bot.channels", "bot.logs", "bot.messaging", "bot.nlg", "bot.people", "bot.programme",
        "bot.safe_headers", "bot.settings", "bot.status", "bot.storage",
    },
    "bot.status": {"bot.logs", "bot.serving", "bot.settings", "bot.storage"},
    "bot.retention": {"bot.people", "bot.settings", "bot.storage"},
    "bot.errands": {
        "bot.imss", "bot.logs", "bot.messaging", "bot.people", "bot.programme", "bot.settings",
        "bot.slips", "bot.storage",
    },
    "bot.channels": {
        "bot.imss", "bot.logs", "bot.media", "bot.messaging", "bot.people", "bot.programme",
        "bot.settings", "bot.slips", "bot.storage",
    },
    "bot.media": {"bot.messaging", "bot.programme", "bot.settings"},
    "bot.messaging": {
        "bot.imss", "bot.logs", "bot.nlg", "bot.nlu", "bot.people", "bot.programme", "bot.settings",
        "bot.status", "bot.storage",
    },
    "bot.people": {"bot.imss", "bot.logs", "bot.programme", "bot.settings", "bot.storage"},
    "actions": {
        "bot.imss", "bot.logs", "bot.nlg", "bot.people", "bot.programme", "bot.settings",
        "bot.slips",
    },
    "bot.nlg": {"bot.programme", "bot.settings"},
    "bot.slips": {"bot.imss", "bot.programme"},
    "bot.imss": {"bot.logs", "bot.programme", "bot.serving", "bot.settings", "bot.storage"},
    "bot.storage": {"bot.settings"},
    "bot.nlu": set(),
    "bot.settings": {"bot.programme"},
    "bot.logs": set(),
    "bot.exact_paths": set(),
    "bot.huge_pages": set(),
    "bot.safe_headers": set(),
    "bot.serving": set(),
    "bot.slow_bodies": set(),
    "bot.stopping": set(),
    "bot.programme": set(),
}  # fmt: skip
# A module may import these only inside the brain's processes.
HEAVY = ("rasa", "rasa_sdk", "tensorflow", "sklearn", "keras")
IMPORT_AND_LIST = "import sys, {module}; print(*sys.modules)"


def part_of(name: str) -> str | None:
    """The part of the product that a dotted name belongs to; None for what is not ours."""
    if name.split(".")[0] == "actions":
        return "actions"
    parts = name.split(".")
    if parts[0] != "bot" or len(parts) < 2:
        return None
    return ".".join(parts[:2])


def imported_by(*modules: str) -> set[str]:
    """The top-level packages and our modules that are loaded after importing the modules, in a
    process of their own."""
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_AND_LIST.format(module=", ".join(modules))],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT_ROOT,
    )
    names = finished.stdout.split()
    return {name for name in names if "." not in name or name.startswith(("bot.", "actions."))}


def test_a_module_imports_only_what_its_part_may_use() -> None:
    for source in sources():
        part = part_of(source.name)
        if part is None:
            continue
        assert part in MAY_USE, f"{part} has no place in the architecture yet"
        used = {found for name in source.imports() if (found := part_of(name))}
        assert used - {part} <= MAY_USE[part], source.name


def test_only_the_sandbox_of_the_institute_has_a_database() -> None:
    """The client that the assistant uses keeps nothing."""
    for source in sources():
        if source.name.startswith("bot.imss") and not source.name.startswith("bot.imss.sandbox"):
            assert not [name for name in source.imports() if part_of(name) == "bot.storage"]


def test_the_arrows_go_one_way() -> None:
    """No part uses one that uses it, however long the way round."""

    def reached(part: str, seen: frozenset[str] = frozenset()) -> set[str]:
        below = MAY_USE[part] - seen
        return below.union(*(reached(other, seen | below) for other in below))

    for part in MAY_USE:
        assert part not in reached(part), part


@pytest.mark.parametrize("module", ["bot.gateway", "bot.cli", "bot.cli.processes", "bot.settings"])
def test_what_must_start_at_once_imports_nothing_heavy(module: str) -> None:
    loaded = imported_by(module)
    assert module in loaded
    assert not loaded & set(HEAVY)


def test_a_gateway_loads_of_the_providers_only_those_that_are_set_up() -> None:
    """What only one of them needs took a quarter of its start."""
    loaded = imported_by("bot.cli.processes", "bot.gateway")
    providers = [f"bot.channels.{name}" for name in ("handoff", "telegram", "twilio", "voice")]
    assert not loaded & {*providers, "telegram", "twilio", "requests", "phonenumbers"}


def test_all_of_the_channels_import_nothing_heavy() -> None:
    modules = [s.name for s in sources() if s.name.startswith(("bot.channels", "bot.slips"))]
    loaded = imported_by(*modules)
    assert set(modules) <= loaded
    assert not loaded & set(HEAVY)


def test_all_of_the_console_imports_nothing_heavy() -> None:
    modules = [s.name for s in sources() if s.name.startswith("bot.console")]
    loaded = imported_by(*modules)
    assert set(modules) <= loaded
    assert not loaded & set(HEAVY)


def test_the_programme_loads_nothing_else_of_ours() -> None:
    """And nothing that reads a database, a service or a model."""
    modules = [s.name for s in sources() if s.name.startswith("bot.programme")]
    loaded = imported_by(*modules)
    ours = {name for name in loaded if name.startswith(("bot.", "actions"))}
    assert set(modules) <= ours
    assert {part_of(name) for name in ours} == {"bot.programme"}
    assert not loaded & {*HEAVY, "sqlalchemy", "requests", "httpx", "starlette"}


def test_only_storage_and_messaging_speak_sql() -> None:
    """Actions are thin, and the gateway only knows the errors of a database."""
    allowed = (
        *("bot.storage", "bot.messaging", "bot.people", "bot.retention", "bot.status"),
        *("bot.gateway", "bot.console", "bot.imss.sandbox"),
    )
    for source in sources():
        if any(name.split(".")[0] == "sqlalchemy" for name in source.imports()):
            assert source.name.startswith(allowed), source.name


def test_only_what_the_brain_runs_imports_rasa() -> None:
    allowed = ("actions", "bot.messaging", "bot.nlg", "bot.nlu.components")
    for source in sources():
        if any(name.split(".")[0] in HEAVY[:3] for name in source.imports()):
            assert source.name.startswith(allowed), source.name


def test_the_parts_that_are_listed_are_there() -> None:
    parts = {part for source in sources() if (part := part_of(source.name))}
    assert set(MAY_USE) == parts
