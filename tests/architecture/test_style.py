"""What every module keeps to, as far as a machine can tell."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bot.settings import PROJECT_ROOT
from tests.architecture.sources import MIGRATIONS, scripts, sources

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
ENVIRONMENT = {"bot/settings/__init__.py", "bot/settings/threads.py"}
# Marks that words of Spanish have. A lone "¿" or "á" is looked for in what people type.
SPANISH = re.compile(r"[A-Za-z]{2}[áéíóúÁÉÍÓÚ]|[áéíóúÁÉÍÓÚ][a-z]{2}|[¿¡][A-Za-z]")
# Folders of one machine: a clone lies elsewhere.
OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp|mnt|media)/\w")


def test_every_module_says_what_it_is() -> None:
    for source in sources():
        documentation = ast.get_docstring(source.tree)
        assert documentation, source.path
        assert len(documentation) > 10, source.path


def test_public_classes_and_functions_say_what_they_are() -> None:
    """Overridden methods of libraries and migrations are documented where they come from."""
    for source in sources():
        if source.path.startswith(MIGRATIONS) or source.path.startswith("actions"):
            continue
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                assert node.name.startswith("_") or ast.get_docstring(node), (
                    source.path,
                    node.name,
                )


def test_no_module_is_too_long() -> None:
    for source in sources():
        assert len(source.text.splitlines()) <= LONGEST_MODULE, source.path


def test_no_function_is_too_long() -> None:
    for source in sources():
        if source.path.startswith(MIGRATIONS):
            continue
        lengths = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in source.functions()}
        assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}, (
            source.path
        )


def test_only_the_settings_read_the_environment() -> None:
    for source in sources():
        if source.path in ENVIRONMENT:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"environ", "environb", "getenv"}, (
                    source.path,
                    node.lineno,
                )
        assert not {"os.environ", "os.getenv"} & set(source.imports()), source.path


def test_nothing_is_printed() -> None:
    """Commands write through click or rich, processes through logging."""
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "pprint", "breakpoint", "input"}, (
                    source.path,
                    node.lineno,
                )


def test_no_folder_of_one_machine() -> None:
    for source in sources():
        for line, text in source.texts():
            assert not OF_A_MACHINE.search(text), (source.path, line, text)


def test_no_folder_of_one_machine_in_scripts_and_configuration() -> None:
    names = ["Makefile", "Procfile", ".env.example", "config.yml", "endpoints.yml", ".ci/run"]
    for path in [*scripts(), *(PROJECT_ROOT / name for name in names)]:
        assert not OF_A_MACHINE.search(path.read_text("utf-8")), path


def test_no_sentence_of_spanish_in_python() -> None:
    """What people read is in YAML, in both languages."""
    for source in sources():
        for line, text in source.texts():
            assert not SPANISH.search(text), (source.path, line, text)


def test_no_stray_files_are_kept() -> None:
    """Nothing that a program made lies in a folder of sources."""
    for folder in ("bot", "actions", "data", "tests", "docs", "scripts"):
        for path in (PROJECT_ROOT / folder).rglob("*"):
            assert path.suffix not in {".orig", ".rej", ".bak", ".swp", ".gz", ".log"}, path


def test_what_is_made_is_ignored_by_git() -> None:
    ignored = (PROJECT_ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", ".venv/", "var/", "*.db", "results/", ".rasa/"} <= set(ignored)
    assert any(line.startswith("models/") for line in ignored)


def test_scripts_can_be_run_and_stop_at_the_first_error() -> None:
    for path in scripts():
        text = path.read_text("utf-8")
        assert path.stat().st_mode & 0o111, path
        assert text.startswith("#!/usr/bin/env bash\n#"), path
        assert re.search(r"^set -e?u", text, re.M), path
    assert Path(PROJECT_ROOT / ".ci" / "run").stat().st_mode & 0o111
