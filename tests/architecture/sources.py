"""The project's Python files, read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.settings import PROJECT_ROOT

FOLDERS = ("bot", "actions")
# Alembic's own layout: a migration is one long list of columns, written once.
MIGRATIONS = "bot/storage/migrations/versions"


@dataclass(frozen=True)
class Source:
    """A module: its dotted name, its path in the project, its text and its tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    def imports(self) -> Iterator[str]:
        """The dotted names that it imports anywhere, `from a import b` as `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Its functions and methods, those inside others too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def texts(self) -> Iterator[tuple[int, str]]:
        """Line and value of its string literals that are no docstrings."""
        documentation = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(self.tree):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if literal and id(node) not in documentation:
                yield node.lineno, node.value  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def sources() -> tuple[Source, ...]:
    """Every module of the product."""
    found = []
    for folder in FOLDERS:
        for path in sorted((PROJECT_ROOT / folder).rglob("*.py")):
            place = path.relative_to(PROJECT_ROOT)
            name = ".".join(place.with_suffix("").parts).removesuffix(".__init__")
            text = path.read_text("utf-8")
            found.append(Source(name, str(place), text, ast.parse(text)))
    return tuple(found)


def scripts() -> list[Path]:
    """The shell scripts."""
    return [p for p in (PROJECT_ROOT / "scripts").iterdir() if p.is_file()]
