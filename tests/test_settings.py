"""Every environment variable: documented, read, refused with its name where it is wrong."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot import settings as module
from bot.settings import (
    PROJECT_ROOT,
    SettingsError,
    environment,
    model_path,
    read_settings,
)

SOURCE = "\n".join(
    path.read_text("utf-8") for path in sorted(Path(module.__file__).parent.glob("*.py"))
)
SECRETS = {"PTI_ENCRYPTION_KEYS": "first-key, second-key", "PTI_INDEX_KEY": "the-index-key"}
VARIABLE = re.compile(r"\bPTI_[A-Z0-9_]+\b")
# What only tests read.
OF_THE_TESTS = {"PTI_TEST_STRICT", "PTI_TEST_MODEL"}


def variables_that_are_read() -> set[str]:
    """The variables that the code of `bot/settings` names, comments and docstrings aside."""
    return set(re.findall(r'"(PTI_[A-Z0-9_]+)"', SOURCE))


def example_lines() -> dict[str, str]:
    """Name and example value of each assignment in `.env.example`."""
    lines = (PROJECT_ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if VARIABLE.match(line))  # type: ignore[misc]


def test_example_file_and_code_name_the_same_variables() -> None:
    assert set(example_lines()) == variables_that_are_read()


def test_every_setting_is_documented_beside_its_field() -> None:
    """A field is followed by the name of its variable and what it means."""
    documented = set(re.findall(r'"""((?:PTI_[A-Z0-9_]+(?:, )?)+): \S', SOURCE))
    named = {name for names in documented for name in names.split(", ")}
    assert named == variables_that_are_read()


def test_every_variable_of_the_example_is_explained() -> None:
    """A comment stands above each variable, or above the group that it is in."""
    lines = (PROJECT_ROOT / ".env.example").read_text("utf-8").splitlines()
    for group in "\n".join(lines).split("\n\n"):
        assert not VARIABLE.search(group) or "#" in group, group


def test_the_example_holds_no_secret() -> None:
    example = example_lines()
    assert all(not example[name] for name in SECRETS)
    assert not [name for name in example if "TOKEN" in name and example[name]]


def test_the_example_says_the_defaults() -> None:
    """What `.env.example` shows is what is taken where nothing is set."""
    filled = {name: value for name, value in example_lines().items() if value}
    assert read_settings({**SECRETS, **filled}) == read_settings(SECRETS)


def test_nothing_else_in_the_project_names_a_variable_that_is_not_read() -> None:
    places = [*PROJECT_ROOT.glob("bot/**/*.py"), *PROJECT_ROOT.glob("actions/*.py")]
    places += [PROJECT_ROOT / name for name in ("README.md", "Procfile", "Makefile", ".ci/run")]
    for place in places:
        named = set(VARIABLE.findall(place.read_text("utf-8"))) - OF_THE_TESTS
        assert named <= variables_that_are_read(), place


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_secret_is_named(name: str, value: str | None) -> None:
    given = {**SECRETS, name: value}
    with pytest.raises(SettingsError, match=name):
        read_settings({key: text for key, text in given.items() if text is not None})


NUMBERS = [
    name
    for name, value in example_lines().items()
    if re.fullmatch(r"[0-9.]+", value) and not name.endswith("_HOST")
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["much", "1,5", "8080x", "0x50"])
def test_a_number_that_is_none_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*number.*{value}"):
        read_settings({**SECRETS, name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_read(name: str) -> None:
    assert read_settings({**SECRETS, name: " 7 "}) != read_settings(SECRETS)


def test_whole_and_broken_numbers() -> None:
    found = read_settings({**SECRETS, "PTI_GATEWAY_PORT": "81", "PTI_CLAIM_SECONDS": "2.5"})
    assert (found.gateway_port, found.claim_seconds) == (81, 2.5)
    with pytest.raises(SettingsError, match="PTI_GATEWAY_PORT"):
        read_settings({**SECRETS, "PTI_GATEWAY_PORT": "80.5"})


@pytest.mark.parametrize(
    ("rate", "day", "message"),
    [
        ("18.5", "", "together"),
        ("", "2026-11-20", "together"),
        ("0", "2026-11-20", "above zero"),
        ("-3", "2026-11-20", "above zero"),
        ("NaN", "2026-11-20", "above zero"),
        ("Infinity", "2026-11-20", "above zero"),
        ("18,5", "2026-11-20", "PTI_EXCHANGE_RATE should be a number"),
        ("18.5", "20/11/2026", "PTI_EXCHANGE_RATE_DATE should be a day"),
        ("18.5", "2026-02-30", "PTI_EXCHANGE_RATE_DATE should be a day"),
    ],
)
def test_an_exchange_rate_that_cannot_be_used(rate: str, day: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({**SECRETS, "PTI_EXCHANGE_RATE": rate, "PTI_EXCHANGE_RATE_DATE": day})


def test_an_exchange_rate() -> None:
    variables = {"PTI_EXCHANGE_RATE": "18.52", "PTI_EXCHANGE_RATE_DATE": "2026-11-20"}
    rate = read_settings({**SECRETS, **variables}).exchange_rate
    assert rate is not None
    assert (rate.pesos, rate.day) == (Decimal("18.52"), date(2026, 11, 20))
    assert read_settings(SECRETS).exchange_rate is None


def test_secrets_are_never_shown() -> None:
    shown = repr(read_settings(SECRETS)) + str(read_settings(SECRETS))
    assert not any(secret in shown for secret in ("first-key", "second-key", "the-index-key"))


def test_the_keys_are_a_list() -> None:
    found = read_settings({**SECRETS, "PTI_ENCRYPTION_KEYS": " one , two,, "})
    assert found.encryption_keys == ("one", "two")


def test_blank_means_default() -> None:
    blank = dict.fromkeys(variables_that_are_read() - set(SECRETS), "  ")
    assert read_settings({**SECRETS, **blank}) == read_settings(SECRETS)


def test_where_the_model_is() -> None:
    assert model_path({}) == PROJECT_ROOT / "models"
    assert model_path({"PTI_MODEL_PATH": "/tmp/model"}) == Path("/tmp/model")
    assert read_settings({**SECRETS, "PTI_MODEL_PATH": "m"}).model_path == Path("m")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read_settings(SECRETS).gateway_port = 1  # type: ignore[misc]


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.env` file; none of its variables is exported."""
    path = tmp_path / ".env"
    path.write_text(
        "# a comment\nPTI_INDEX_KEY=from-the-file\nPTI_GATEWAY_PORT=1234\nPTI_LOG_LEVEL='debug'\n"
    )
    for name in variables_that_are_read():
        monkeypatch.delenv(name, raising=False)
    return path


def test_the_env_file_is_read(env_file: Path) -> None:
    found = environment(env_file)
    assert found["PTI_INDEX_KEY"] == "from-the-file"
    assert found["PTI_GATEWAY_PORT"] == "1234"
    assert found["PTI_LOG_LEVEL"] == "debug"
    assert read_settings({**SECRETS, **found}).log_level == "DEBUG"
    assert found["PATH"]


def test_what_is_exported_wins(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTI_GATEWAY_PORT", "4321")
    assert environment(env_file)["PTI_GATEWAY_PORT"] == "4321"


def test_what_is_exported_blank_does_not_hide_the_file(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`export PTI_INDEX_KEY=` in some profile must not cost the key that is kept."""
    monkeypatch.setenv("PTI_INDEX_KEY", "")
    assert environment(env_file)["PTI_INDEX_KEY"] == "from-the-file"


def test_no_env_file_is_no_error(tmp_path: Path) -> None:
    environment_without: dict[str, Any] = environment(tmp_path / "none")
    assert "PATH" in environment_without
