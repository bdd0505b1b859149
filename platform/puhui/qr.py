"""QR codes as SVG inside the page: no request, no script, sharp at any size.

A QR code is always black on white with a quiet zone of four modules, also on a dark page, or scanners fail.
"""

from __future__ import annotations

import qrcode
from markupsafe import Markup

QUIET_ZONE = 4
_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" '
    'aria-label="{label}" shape-rendering="crispEdges">'
    '<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
)


def svg(text: str, *, label: str) -> Markup:
    """Draw *text* as one SVG path, a unit a module, with *label* for those who do not see it.

    Eighteen digits make version 1 (21 modules) at level Q: large modules that old phones read quickly.
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return _SVG.format(size=size, label=label, path=path)
