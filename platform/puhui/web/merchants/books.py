"""A list as a sheet, called by its title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from puhui.sheets import Column, Sheet, write_book
from puhui.web.sending import send_book


def send_list(title: str, columns: Sequence[Column], lines: Iterable[Sequence[object]]) -> Response:
    """Answer a book of one sheet."""
    return send_book(write_book([Sheet(title, columns, lines)]), title)
