"""Migrations: they lead to the tables of the code, from any version, however often they run."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from bot.settings import PROJECT_ROOT, Settings
from bot.storage.database import Database, create_database_engine
from bot.storage.migrate import MIGRATIONS, migrate
from bot.storage.schema import metadata


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = url
    return config


def _differences(url: str) -> list[object]:
    engine = create_database_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        found: list[object] = compare_metadata(context, metadata)
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    assert _differences(database.url) == []


def test_partial_indexes_are_partial(database: Database) -> None:
    """Autogenerate does not compare an index's condition."""
    with database.reading() as connection:
        indexes = {index["name"]: index for index in inspect(connection).get_indexes("inbox")}
    dialect = database.engine.dialect.name
    for name in ("ix_inbox_waiting", "ix_inbox_waiting_id", "ix_inbox_ready"):
        assert "waiting" in str(indexes[name]["dialect_options"][f"{dialect}_where"])


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
    assert _differences(database_url) == []


def test_every_version_can_be_undone_and_done_again(database_url: str) -> None:
    config = _config(database_url)
    for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        command.upgrade(config, script.revision)
        command.downgrade(config, "-1")
        command.upgrade(config, script.revision)
    assert _differences(database_url) == []


def test_processes_that_start_together_migrate_once(settings: Settings) -> None:
    program = "import sys; from bot.storage.migrate import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-W", "ignore", "-c", program, settings.database_url]
    processes = [
        subprocess.Popen(command, stderr=subprocess.PIPE, cwd=PROJECT_ROOT) for _ in range(4)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert _differences(settings.database_url) == []


def test_a_sqlite_file_in_a_folder_that_is_not_there(tmp_path: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/pti.db"
    migrate(url)
    assert _differences(url) == []
