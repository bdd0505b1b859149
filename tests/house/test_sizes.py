"""Files and functions stay small enough to read."""

import statistics
import sys
from pathlib import Path

from tests.house.tree import functions, name, python_files, templates

FUNCTION_LINES = 60
FILE_LINES = 400
TEMPLATE_LINES = 80


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in python_files(tests=True)
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_the_median_function_is_short() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1 for path in python_files() for node in functions(path) if node.end_lineno
    ]
    assert statistics.median(lengths) <= 12


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = [f"{name(p)}: {n}" for p in python_files(tests=True) if (n := len(p.read_text().splitlines())) > FILE_LINES]
    assert long == []


def test_no_template_is_longer_than_eighty_lines() -> None:
    long = [f"{name(p)}: {n}" for p in templates() if (n := len(p.read_text().splitlines())) > TEMPLATE_LINES]
    assert long == []


def test_no_package_at_the_root_shadows_the_standard_library() -> None:
    """A folder of the root with an __init__.py is importable by its name; one named `platform` would hide Python's."""
    top = {path.parts[len(path.parts) - 2] for path in python_files() if path.name == "__init__.py" and _is_top(path)}
    assert top & set(sys.stdlib_module_names) == set()
    assert {"ledger", "rewards", "partners", "migrations", "puhui"} <= top


def _is_top(path: Path) -> bool:
    return not (path.parents[1] / "__init__.py").exists()
