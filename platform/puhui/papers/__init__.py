"""Papers: PDF of a template, laid out by WeasyPrint on A4 in the fonts of the system.

WeasyPrint needs Pango, a library of the system that pip cannot bring; it is imported at the first paper, so that
everything else works without it.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import render_template

from ledger.kernel.errors import DomainError

STYLE = Path(__file__).parent / "paper.css"


class PaperUnavailable(DomainError):
    """This machine has no Pango."""

    code = "paper_unavailable"


def write_paper(template: str, **context: object) -> bytes:
    """Render *template* (it extends ``papers/base.html``) and answer the PDF.

    Nothing is fetched: a template draws with text and inline SVG. Raises PaperUnavailable.
    """
    try:
        import weasyprint  # noqa: PLC0415  # Its import fails where Pango is missing.
    except OSError as error:
        raise PaperUnavailable from error
    text = render_template(template, **context)
    style = weasyprint.CSS(filename=str(STYLE))
    pdf: bytes = weasyprint.HTML(string=text, url_fetcher=_nothing, base_url=None).write_pdf(stylesheets=[style])
    return pdf


def _nothing(address: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a paper loads nothing from elsewhere: {os.path.basename(address)}")
