"""Whatever the validator says has a sentence."""

from __future__ import annotations

import ast
from pathlib import Path

import partners.enterprises
from puhui.web.market.sentences import SENTENCES, sentence_of_finding

TELLERS = {"reject", "warn", "broken", "note"}


def codes_said() -> set[str]:
    """Collect the codes of findings and differences from the source of the mirror."""
    found: set[str] = set()
    for path in Path(partners.enterprises.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in TELLERS:
                    found |= _texts(node.args[1])
                if node.func.id == "Difference":
                    found |= {text for word in node.keywords if word.arg == "code" for text in _texts(word.value)}
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.JoinedStr):
        return set()
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_every_finding_has_a_sentence() -> None:
    said = codes_said()
    assert len(said) > 70
    assert said - set(SENTENCES) == set()


def test_a_sentence_names_its_facts() -> None:
    assert sentence_of_finding("quantity_below_one", {"units": 0}) == "数量至少为 1。"
    assert "1000" in sentence_of_finding("amount_differs", {"expected_fen": 1000})
