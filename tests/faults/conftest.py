"""A crew on each database, for all tests of this folder: a brain takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crew import Crew
from tests.support.postgres import PostgresServer
from tests.support.service import Service


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def crew(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crew]:
    """Gateway and brain, which die and are started again."""
    folder = tmp_path_factory.mktemp("faults")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'pti.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.new_database()
    service = Service(url, model, folder, PTI_CLAIM_SECONDS="2")
    try:
        yield Crew(service, folder)
    finally:
        service.stop()
