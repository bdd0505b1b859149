"""The tables that people rely on are complete: problems, settings, migrations, translations."""

import importlib
import re
from pathlib import Path

from ledger.kernel.errors import DomainError
from puhui.problems import PROBLEMS
from puhui.settings import Settings
from puhui.translations import check
from tests.house.tree import ROOT, python_files

VERSIONS = ROOT / "migrations" / "versions"


def _errors() -> set[type[DomainError]]:
    for path in python_files():
        if path.stem == "errors":
            importlib.import_module(_module(path))
    found, open_classes = set(), [DomainError]
    while open_classes:
        subclasses = open_classes.pop().__subclasses__()
        found |= set(subclasses)
        open_classes += subclasses
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("platform.")


def test_every_error_has_a_status_and_a_sentence() -> None:
    errors = _errors()
    roots = {error for error in errors if error.__subclasses__()}
    codes = {error.code for error in errors - roots}
    assert len(codes) > 20
    assert codes - set(PROBLEMS) == set()


def test_no_two_errors_share_a_code() -> None:
    """A request id that was used for something else is one fact, whichever action found it."""
    codes = [error.code for error in _errors() if not error.__subclasses__() and error.code != "request_conflict"]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_every_problem_shows_the_facts_that_its_sentence_names() -> None:
    wrong = [
        code
        for code, problem in PROBLEMS.items()
        if not set(re.findall(r"%\((\w+)\)s", str(problem.sentence))) <= set(problem.shows)
    ]
    assert wrong == []


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [name for name in Settings.__dataclass_fields__ if f"PUHUI_{name.upper()}" not in readme]
    assert missing == []


def test_migrations_are_one_numbered_chain_and_head_names_the_last() -> None:
    names = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert (ROOT / "migrations" / "HEAD").read_text().strip() == names[-1]
    for before, name in zip([None, *names], names, strict=False):
        module = importlib.import_module(f"migrations.versions.{name}")
        assert (module.revision, module.down_revision) == (name, before)


def test_every_text_has_its_english() -> None:
    assert list(check().lines()) == []
