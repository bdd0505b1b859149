"""Papers are PDF with text that can be found again; they load nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from puhui.papers import PaperUnavailable, write_paper

pytest.importorskip("weasyprint", reason="papers need Pango", exc_type=OSError)

PAGE = """{% extends "papers/base.html" %}{% block title %}证书{% endblock %}
{% block content %}<h1>零碳会议证书</h1><p>抵消 {{ grams }} 克</p>{{ extra }}{% endblock %}"""


def _paper(app: Flask, **context: object) -> bytes:
    loader = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([DictLoader({"test/paper.html": PAGE}), loader])
    try:
        with app.test_request_context():
            return write_paper("test/paper.html", **context)
    finally:
        app.jinja_env.loader = loader


def test_a_paper_is_a_pdf_with_its_chinese(app: Flask, tmp_path: Path) -> None:
    pdf = _paper(app, grams="2,000", extra="")
    assert pdf.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        (tmp_path / "a.pdf").write_bytes(pdf)
        text = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], capture_output=True, text=True, check=True)
        assert "零碳会议证书" in text.stdout


def test_where_pango_is_missing_the_paper_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *rest: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    real = __import__("builtins").__import__
    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(PaperUnavailable):
        _paper(app, grams="1", extra="")
