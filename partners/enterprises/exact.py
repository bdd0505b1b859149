"""Exact numbers: money in fen, quantities in whole units, halves away from zero. No float anywhere."""

from __future__ import annotations

import re

MOST_DIGITS = 15  # A thousand million million fen: far above any market, far below what a 64-bit column holds.
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\Z", re.ASCII)
_DECIMAL = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?\Z", re.ASCII)


class NumberInvalid(ValueError):
    """The text is not a number of the asked form."""


def whole(text: str) -> int:
    """Read a whole number; blanks around it and thousands commas are allowed. Raises NumberInvalid."""
    text = text.strip()
    if text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS:
        return int(text)
    if not _WHOLE.match(text):
        raise NumberInvalid(text)
    digits = text.replace(",", "")
    if len(digits) > MOST_DIGITS:
        raise NumberInvalid(text[:60])
    return int(digits)


def scaled(text: str, decimals: int) -> int:
    """Read a decimal as a whole number of 10^-decimals; digits beyond must be zeros. Raises NumberInvalid."""
    text = text.strip()
    integer, fraction = text[:-3], text[-2:]
    if decimals == 2 and text[-3:-2] == "." and len(text) <= MOST_DIGITS and text.isascii():
        # Nearly all amounts are of this form, and a file has hundreds of thousands of them.
        digits = integer[1:] if integer[:1] == "-" else integer
        if digits.isdecimal() and fraction.isdecimal():
            return int(integer + fraction)
    match = _DECIMAL.match(text)
    if match is None:
        raise NumberInvalid(text)
    sign, integer, fraction = match[1], match[2].replace(",", ""), match[3] or ""
    if fraction[decimals:].strip("0") or len(integer) > MOST_DIGITS - 2:
        raise NumberInvalid(text)
    value = int(integer + fraction[:decimals].ljust(decimals, "0"))
    return -value if sign else value


def fen(text: str) -> int:
    """Read an amount of yuan as fen. Raises NumberInvalid."""
    return scaled(text, 2)


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest whole number, halves away from zero. The denominator is positive."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def decimal(value: int, decimals: int) -> str:
    """Write a whole number of 10^-decimals as a plain decimal."""
    if decimals == 0:
        return str(value)
    digits = str(abs(value)).rjust(decimals + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"


def yuan(value_fen: int) -> str:
    """Write fen as yuan with two decimals."""
    return decimal(value_fen, 2)
