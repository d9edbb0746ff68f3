"""`pti init`: secrets are made once, kept for their owner alone, and never replaced."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.cli.init import keep_missing_secrets, missing_secrets
from bot.settings import environment, read_settings
from bot.storage.encryption import Cipher

NAMES = ["PTI_ENCRYPTION_KEYS", "PTI_INDEX_KEY"]


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `.env` of a project would be; nothing is exported."""
    for name in missing_secrets({}):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".env"


def mode(path: Path) -> int:
    """Who may do what with the file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_and_can_be_used(env_file: Path) -> None:
    assert set(NAMES) <= set(keep_missing_secrets(env_file))
    assert mode(env_file) == 0o600
    made = read_settings(environment(env_file))
    cipher = Cipher(made.encryption_keys, made.index_key)
    assert cipher.open(cipher.seal("text")) == "text"
    assert len(made.index_key) >= 32


def test_a_second_time_changes_nothing(env_file: Path) -> None:
    keep_missing_secrets(env_file)
    before = env_file.read_bytes()
    assert keep_missing_secrets(env_file) == []
    assert env_file.read_bytes() == before


def test_no_two_projects_have_the_same(tmp_path: Path, env_file: Path) -> None:
    keep_missing_secrets(env_file)
    keep_missing_secrets(tmp_path / "other")
    assert not set(env_file.read_text().splitlines()) & set(
        (tmp_path / "other").read_text().splitlines()
    )


def test_what_is_there_stays(env_file: Path) -> None:
    """Also where its last line has no end, and where others could read the file before."""
    env_file.write_text("# mine\nPTI_INDEX_KEY=kept\nPTI_LOG_LEVEL=DEBUG")
    env_file.chmod(0o644)
    made = keep_missing_secrets(env_file)
    assert "PTI_INDEX_KEY" not in made
    assert "PTI_ENCRYPTION_KEYS" in made
    assert env_file.read_text().startswith("# mine\nPTI_INDEX_KEY=kept\nPTI_LOG_LEVEL=DEBUG\n")
    found = environment(env_file)
    assert (found["PTI_INDEX_KEY"], found["PTI_LOG_LEVEL"]) == ("kept", "DEBUG")
    assert mode(env_file) == 0o600


def test_a_copy_of_the_example_is_filled(env_file: Path) -> None:
    """Its blank lines for the secrets count as missing."""
    env_file.write_text("PTI_ENCRYPTION_KEYS=\nPTI_INDEX_KEY=\n")
    assert set(NAMES) <= set(keep_missing_secrets(env_file))
    assert read_settings(environment(env_file)).index_key


def test_what_is_exported_is_not_kept(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in missing_secrets({}):
        monkeypatch.setenv(name, "exported")
    assert keep_missing_secrets(env_file) == []
    assert not env_file.exists()


def test_an_exported_blank_does_not_replace_the_key(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another key the database could not be read any more."""
    keep_missing_secrets(env_file)
    before = environment(env_file)["PTI_ENCRYPTION_KEYS"]
    monkeypatch.setenv("PTI_ENCRYPTION_KEYS", "")
    assert keep_missing_secrets(env_file) == []
    assert environment(env_file)["PTI_ENCRYPTION_KEYS"] == before


def test_the_command_names_what_it_made_and_shows_no_secret(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.init.ENV_FILE", env_file)
    said = CliRunner().invoke(main, ["init"])
    assert said.exit_code == 0
    assert all(name in said.output for name in NAMES)
    kept = environment(env_file)
    assert not any(kept[name] in said.output for name in NAMES)
    assert "there already" in CliRunner().invoke(main, ["init"]).output
