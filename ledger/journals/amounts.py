"""Amounts as people write them: ``$1,000.00``, ``$ -225``, ``500.00€``, ``50 AAPL``, ``12 "CO2 2026"``."""

from __future__ import annotations

import re
from decimal import Decimal

_SYMBOL = r'"[^"]+"|[^\d\s"+\-.,;@={}()]+'
_AMOUNT = re.compile(
    rf"(?P<minus>-)?\s*(?P<before>{_SYMBOL})?\s*(?P<sign>[-+])?\s*(?P<number>\d[\d,]*(?:\.\d*)?|\.\d+)\s*(?P<after>{_SYMBOL})?"
)


def read_amount(text: str, *, default: str) -> tuple[Decimal, str] | None:
    """Read a number and its commodity (*default* where there is none); None where it is not an amount."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or (found["before"] and found["after"]):
        return None
    number = Decimal(found["number"].replace(",", ""))
    symbol = (found["before"] or found["after"] or default).strip('"')
    return (-number if "-" in (found["minus"], found["sign"]) else number), symbol
