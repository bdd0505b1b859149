"""What can be chosen, and what this request has chosen."""

from __future__ import annotations

from flask import request

LANGUAGES = ("zh", "en")
THEMES = ("system", "light", "dark")
SIZES = ("normal", "elder")
COOKIES = {"language": "puhui_language", "theme": "puhui_theme", "size": "puhui_size"}
CHOICES: dict[str, tuple[str, ...]] = {"language": LANGUAGES, "theme": THEMES, "size": SIZES}


def chosen(name: str) -> str:
    """Answer the choice of *name* ("language", "theme" or "size"); the first one where none was made."""
    value = request.cookies.get(COOKIES[name], "")
    if value in CHOICES[name]:
        return value
    if name == "language":
        return request.accept_languages.best_match(LANGUAGES, default="zh") or "zh"
    return CHOICES[name][0]
