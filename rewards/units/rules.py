"""Reading serials, and which blocks a retirement takes: whole units, the oldest year first, the last block cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from rewards.units.errors import SerialsUnreadable, UnitsShort

_SERIAL = re.compile(r"(?P<prefix>.{0,60}?)(?P<number>[0-9]{1,15})", re.ASCII)
MOST_UNITS = 10**12


class Run(NamedTuple):
    """A run of serials: *prefix* and the numbers *first* to *last*, each written with *digits* digits."""

    prefix: str
    digits: int
    first: int
    last: int


class Free(NamedTuple):
    """A free block as a retirement sees it."""

    block_id: UUID
    first: int
    last: int
    grams_per_unit: int


class Cut(NamedTuple):
    """What a retirement takes of a block: its serials *first* to *last*, and their grams."""

    block_id: UUID
    first: int
    last: int
    grams: int


def read_serials(first: str, last: str) -> Run:
    """Read a run from its first and last serial as the registry writes them. Raises SerialsUnreadable."""
    begins, ends = (_SERIAL.fullmatch("".join(text.split()).upper()) for text in (first, last))
    if begins is None or ends is None or begins["prefix"] != ends["prefix"]:
        raise SerialsUnreadable(first=first, last=last)
    run = Run(begins["prefix"], len(begins["number"]), int(begins["number"]), int(ends["number"]))
    if len(ends["number"]) != run.digits or not run.first <= run.last < run.first + MOST_UNITS:
        raise SerialsUnreadable(first=first, last=last)
    return run


def allocate(blocks: Iterable[Free], *, grams: int, kind: str) -> list[Cut]:
    """Answer which serials to take so that together they stand for *grams* at least, in the order of *blocks*.

    Units are whole: the last one may stand for more than is left to cover. Raises UnitsShort.
    """
    cuts: list[Cut] = []
    left = grams
    for block in blocks:
        if left <= 0:
            break
        units = min(-(-left // block.grams_per_unit), block.last - block.first + 1)
        cuts.append(Cut(block.block_id, block.first, block.first + units - 1, units * block.grams_per_unit))
        left -= cuts[-1].grams
    if left > 0:
        raise UnitsShort(needed_grams=grams, available_grams=grams - left, kind=kind)
    return cuts
