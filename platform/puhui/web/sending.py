"""Sending what is no page: books, papers, files; and taking bodies larger than a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from flask import Response, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
_MB = 1024 * 1024
_TAKES = "puhui_takes_bytes"
View = TypeVar("View", bound=Callable[..., object])


def wants_book() -> bool:
    """Whether the list is asked for as a sheet: ``?as=xlsx``."""
    return request.args.get("as") == "xlsx"


def send_book(content: bytes, name: str) -> Response:
    """Send an XLSX as a download called *name*.xlsx."""
    return send_bytes(content, name=f"{name}.xlsx", kind=XLSX)


def send_paper(content: bytes, name: str) -> Response:
    """Send a PDF called *name*.pdf, shown in the browser where it can."""
    return send_bytes(content, name=f"{name}.pdf", kind=PDF, inline=True)


def send_bytes(content: bytes, *, name: str, kind: str, inline: bool = False) -> Response:
    """Send *content* of media type *kind*; *name* may be Chinese (RFC 6266 and 8187)."""
    response = Response(content, content_type=kind)
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    way = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return response


def takes_files(megabytes: int) -> Callable[[View], View]:
    """Declare that a view takes a body of up to *megabytes*; a page's form is 1 MB otherwise."""

    def declare(view: View) -> View:
        setattr(view, _TAKES, megabytes * _MB)
        return view

    return declare


def most_bytes_of(view: Callable[..., object] | None, otherwise: int) -> int:
    """Answer how large a body *view* takes."""
    return int(getattr(view, _TAKES, otherwise))
