"""A brain works without TensorFlow, and says the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT
from tests.support.service import Service

TEXTS = ["cuanto cuesta", "how do i pay", "asdkjh qwe", "mi curp es XEXX850615MNEXXX00", "ok 1500"]
PARSE = """
import asyncio, json, sys
from bot.logs import set_up_logging
set_up_logging("ERROR", "test")
from bot.messaging.without_tensorflow import leave_out_tensorflow
if sys.argv[2] == "without":
    leave_out_tensorflow()
from pathlib import Path
from bot.messaging.assistant import Assistant
assistant = Assistant(Path(sys.argv[1]))
async def parse():
    return [await assistant.parse(text) for text in json.loads(sys.argv[3])]
parsed = asyncio.run(parse())
loaded = hasattr(sys.modules["tensorflow"], "__file__")
print(json.dumps({"parsed": parsed, "loaded": loaded}, default=str))
"""
DIET = """
import sys
from bot.messaging.without_tensorflow import leave_out_tensorflow, check_components
leave_out_tensorflow()
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
check_components([DIETClassifier.__new__(DIETClassifier)])
"""


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        check=False,
    )


def test_it_understands_the_same(model: Path) -> None:
    found = {}
    for how in ("with", "without"):
        finished = _run(PARSE, str(model), how, json.dumps(TEXTS))
        assert finished.returncode == 0, finished.stderr
        found[how] = json.loads(finished.stdout.splitlines()[-1])
    assert found["with"]["loaded"]
    assert not found["without"]["loaded"]
    assert found["with"]["parsed"] == found["without"]["parsed"]


def test_a_component_that_needs_it_is_refused() -> None:
    finished = _run(DIET)
    assert finished.returncode != 0
    assert "TensorflowNeededError: DIETClassifier needs TensorFlow" in finished.stderr


def test_a_brain_has_none_of_it(service: Service) -> None:
    maps = [Path(f"/proc/{pid}/maps").read_text("utf-8") for pid in service.pids()]
    assert len(maps) == 2
    assert not [line for one in maps for line in one.splitlines() if "tensorflow" in line]


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow.keras.models", "keras.utils"])
def test_what_is_left_out_can_be_imported(name: str) -> None:
    code = "from bot.messaging.without_tensorflow import leave_out_tensorflow as leave;leave();"
    finished = _run(f"{code}import {name} as it; print(it.anything.at_all.__name__)")
    assert finished.stdout.strip() == "at_all", finished.stderr
