"""The QR code on the page is the code that the scanner reads."""

from __future__ import annotations

import re

import qrcode

from puhui.qr import QUIET_ZONE, svg

CODE = "701234567890123456"


def test_the_drawing_has_exactly_the_dark_modules_of_the_code_and_a_quiet_zone() -> None:
    drawing = str(svg(CODE, label="券"))
    size = int(re.search(r'viewBox="0 0 (\d+) ', drawing)[1])  # type: ignore[index]  # It is there.
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawing)}
    expected = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=QUIET_ZONE)
    expected.add_data(CODE, optimize=0)
    expected.make()
    dark = {(x, y) for y, row in enumerate(expected.get_matrix()) for x, module in enumerate(row) if module}
    assert drawn == dark
    assert expected.version == 1
    assert size == 21 + 2 * QUIET_ZONE
    assert all(QUIET_ZONE <= place < size - QUIET_ZONE for spot in drawn for place in spot)


def test_a_label_cannot_break_out_of_the_drawing() -> None:
    assert '"><script>' not in svg(CODE, label='"><script>')
