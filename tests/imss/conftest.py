"""A sandbox for the tests of the institute's services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.imss.sandbox_process import Sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests that do not kill it."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """That sandbox, well behaved and at NOW before and after the test."""
    running_sandbox.behave_well()
    yield running_sandbox
    running_sandbox.behave_well()
