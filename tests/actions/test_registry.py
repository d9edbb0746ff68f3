"""The domain and the package name the same actions, and actions hold no words of their own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rasa_sdk.executor import ActionExecutor

from tests.actions.support import DOMAIN

ACTIONS = Path(__file__).resolve().parents[2] / "actions"


def test_every_action_of_the_domain_is_registered_and_no_other() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    # The executor also finds the actions that other tests made.
    ours = {
        name
        for name, run in executor.actions.items()
        if type(run.__self__).__module__.startswith("actions.")
    }
    assert ours == set(DOMAIN["actions"])


@pytest.mark.parametrize("path", sorted(ACTIONS.glob("*.py")), ids=lambda path: path.name)
def test_there_is_no_sentence_in_the_code(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value not in documentation
    ]
    # three words in a row are a sentence; patterns and payloads have none
    assert not [
        text for text in texts if re.search(r"[a-záéíóúñ]+ [a-záéíóúñ]+ [a-záéíóúñ]+", text)
    ]
