"""Templates parse, hold no script and no style of their own, and every form that posts carries its token."""

import re

from flask import Flask
from jinja2 import TemplateError

from tests.house.tree import WEB, name, templates

SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE)
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on:|hx-vals=[\"']js:", re.IGNORECASE)
POST = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.IGNORECASE | re.DOTALL)
TOKEN = re.compile(r"csrf_token|hidden\(")


def test_every_template_parses(app: Flask) -> None:
    faults = []
    for path in templates():
        try:
            app.jinja_env.get_template(str(path.relative_to(WEB)))
        except TemplateError as fault:
            faults.append(f"{name(path)}: {fault}")
    assert faults == []


def test_no_template_holds_a_script_or_a_style() -> None:
    found = [
        f"{name(path)}: {match.group()}"
        for path in templates()
        for pattern in (SCRIPT, INLINE)
        for match in pattern.finditer(path.read_text())
    ]
    assert found == []


def test_every_form_that_posts_carries_a_token() -> None:
    bare = [
        f"{name(p)}: {m.group()[:60]}"
        for p in templates()
        for m in POST.finditer(p.read_text())
        if not TOKEN.search(m.group())
    ]
    assert bare == []


def test_a_picture_says_what_it_shows() -> None:
    silent = [
        f"{name(p)}: {m.group()}" for p in templates() for m in re.finditer(r"<img(?![^>]*\balt=)[^>]*>", p.read_text())
    ]
    assert silent == []
