"""Lock files, Procfile, credentials: what keeps a fresh clone safe and able to start."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml
from honcho.environ import parse_procfile

from bot.cli import COMMANDS, main
from bot.settings import PROJECT_ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==(\S+)", re.I)


def text_of(name: str) -> str:
    """A file of the project."""
    return (PROJECT_ROOT / name).read_text("utf-8")


def requirements(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Package -> its version and hashes."""
    found: dict[str, tuple[str, list[str]]] = {}
    joined = re.sub(r"\\\n", " ", text_of(lock))
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            match = PINNED.match(line)
            assert match, f"not pinned to one version: {line[:80]}"
            found[match[1].lower()] = (match[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    packages = requirements(lock)
    assert len(packages) > 100
    assert not [name for name, (_, hashes) in packages.items() if not hashes]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_index_and_no_address(lock: str) -> None:
    text = text_of(lock)
    assert "://" not in text
    assert not re.search(r"^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links)\b", text, re.M)
    assert " @ " not in text


def test_the_development_lock_holds_all_of_the_other() -> None:
    """Installing for the tests changes no package of the product."""
    product, development = (requirements(lock) for lock in LOCKS)
    assert {name: version for name, (version, _) in product.items()}.items() <= {
        name: version for name, (version, _) in development.items()
    }.items()


def test_every_dependency_is_locked() -> None:
    """A package that only pyproject.toml names would be missing on a fresh clone."""
    text = text_of("pyproject.toml")
    dependencies = re.search(r"^dependencies = \[(.*?)^\]", text, re.M | re.S)
    assert dependencies
    names = re.findall(r'^\s*"([A-Za-z0-9._-]+)', dependencies[1], re.M)
    assert len(names) > 10
    locked = {re.sub(r"[-_.]+", "-", name) for name in requirements("requirements.lock")}
    assert {re.sub(r"[-_.]+", "-", name.lower()) for name in names} <= locked


def test_the_heavy_packages_that_nothing_uses_stay_out() -> None:
    packages = set(requirements("requirements-dev.lock"))
    assert not packages & {"tensorflow", "tensorflow-text", "jax", "libclang", "confluent-kafka"}


def test_the_processes_of_the_procfile_are_commands() -> None:
    processes = parse_procfile(text_of("Procfile")).processes
    assert {"gateway", "brain"} <= set(processes)
    for name, command in processes.items():
        program, subcommand, *options = shlex.split(command)
        assert program == "pti", name
        assert subcommand in COMMANDS
        assert not options
        assert main.get_command(None, subcommand) is not None  # type: ignore[arg-type]


def test_no_channel_of_rasa_is_enabled() -> None:
    """They check no signatures: with `rest` anybody could write as anybody."""
    assert not yaml.safe_load(text_of("credentials.yml"))


def test_endpoints_leave_nothing_open() -> None:
    endpoints = yaml.safe_load(text_of("endpoints.yml")) or {}
    for name, endpoint in endpoints.items():
        address = str(endpoint.get("url", ""))
        assert not address or re.match(r"https?://(?:localhost|127\.0\.0\.1)\b", address), name


def test_the_pipeline_is_ours_and_the_policy_follows_rules() -> None:
    config = yaml.safe_load(text_of("config.yml"))
    assert all(part["name"].startswith("bot.nlu.components.") for part in config["pipeline"])
    assert [policy["name"] for policy in config["policies"]] == ["RulePolicy"]


def test_the_make_targets_call_what_exists() -> None:
    makefile = text_of("Makefile")
    for script in re.findall(r"scripts/[\w-]+", makefile):
        assert (PROJECT_ROOT / script).is_file(), script
    for command in re.findall(r"\$\(PTI\) ([\w-]+)", makefile):
        assert command in COMMANDS, command
    for target in ("run", "test", "train", "nlu-report"):
        assert re.search(rf"^{target}:.*##", makefile, re.M)
