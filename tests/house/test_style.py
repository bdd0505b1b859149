"""Habits that a reviewer would otherwise have to look for."""

import ast
import re

import pytest

from tests.house.tree import ROOT, SOURCE_FOLDERS, functions, name, python_files

NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
HOSTS = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org|[\w.-]*\.example)", re.IGNORECASE)


def test_no_module_is_named_for_having_no_name() -> None:
    nameless = [
        name(path) for path in python_files(tests=True) if path.stem in NAMELESS or path.parent.name in NAMELESS
    ]
    assert nameless == []


def test_only_the_edge_commits() -> None:
    """`puhui.db` has the only commit of the program; migrations run in a program of their own."""
    commits = [
        f"{name(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit" and path.parts[-2] != "migrations"
    ]
    assert {place.split(":")[0] for place in commits} == {"platform/puhui/db.py"}


def test_only_the_ledger_locks_rows_for_update() -> None:
    """Accounts are locked in one order by one function. Other floors lock their own rows in their own actions."""
    writers = [
        name(path)
        for path in python_files()
        if "ledger.account" in path.read_text() and "FOR UPDATE" in path.read_text()
    ]
    assert [path for path in writers if not path.startswith(("ledger/", "migrations/"))] == []


def test_every_silenced_rule_says_which_and_why() -> None:
    silent = [
        f"{name(path)}:{number}"
        for path in python_files(tests=True)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"#\s*noqa(?!: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)*\s+# )", line)
        or re.search(r"#\s*type: ignore(?!\[[a-z-]+(, ?[a-z-]+)*\]\s+# )", line)
    ]
    assert [place for place in silent if "tests/house/test_style.py" not in place] == []


def test_amounts_are_never_floats() -> None:
    """The ledger's and the rewards' code writes no float and no float literal for an amount."""
    floats = [
        f"{name(path)}:{node.lineno}"
        for path in python_files()
        if path.is_relative_to(ROOT / "ledger") or path.is_relative_to(ROOT / "rewards")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert floats == []


@pytest.mark.parametrize("folder", SOURCE_FOLDERS)
def test_public_functions_say_what_they_promise(folder: str) -> None:
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python_files()
        if path.is_relative_to(ROOT / folder) and "versions" not in path.parts
        for node in functions(path)
        if node.col_offset == 0 and not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_pages_and_scripts_load_nothing_from_elsewhere() -> None:
    shipped = [
        *(ROOT / "platform" / "puhui" / "web").rglob("*.html"),
        *(ROOT / "platform" / "assets" / "src").rglob("*.*"),
    ]
    loads = [f"{name(p)}: {m.group()}" for p in shipped for m in HOSTS.finditer(p.read_text())]
    assert loads == []
