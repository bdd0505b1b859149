"""What the house's own tests look at: every Python file and template of the tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE_FOLDERS = ("ledger", "rewards", "partners", "migrations", "platform/puhui")
WEB = ROOT / "platform" / "puhui" / "web"


def python_files(*, tests: bool = False) -> list[Path]:
    """Answer our Python files, those of the tests too where *tests* asks."""
    folders = (*SOURCE_FOLDERS, "tests") if tests else SOURCE_FOLDERS
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )


def templates() -> list[Path]:
    """Answer every template."""
    return sorted(WEB.rglob("*.html"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Answer every function and method of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    """Answer a path as the tests print it."""
    return str(path.relative_to(ROOT))
