"""Serial blocks: first and last number of a batch; end − start + 1 = quantity, and no block overlaps (rule 33)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partners.enterprises.findings import Finding, broken, reject, warn

_VERRA = re.compile(r"(\d+)-(\d+)-(\d+)-VCS-VCU-\d+-VER-[A-Z]{2}-\d+-\d+-\d{8}-\d{8}-\d\Z", re.ASCII)
_GOLD_STANDARD = re.compile(r"(GS1-\d-[A-Z]{2}-GS\d+-\d+-\d{4}-\d+)-(\d+)-(\d+)\Z", re.ASCII)
_IN_WORDS = re.compile(r"((?:ACR|CAR)-[A-Z0-9-]+)-(\d+) to (\d+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers *first* to *last* of *batch*, both included."""

    batch: str
    first: int
    last: int

    @property
    def quantity(self) -> int:
        """How many units the block holds; zero or less where its ends are the wrong way round."""
        return self.last - self.first + 1


def block_of(serial: str) -> Block | None:
    """Read a serial, also with its range in words (``1 to 5000``). None where no known registry writes so."""
    text = serial.strip()
    if match := _VERRA.match(text):
        return Block(match[1], int(match[2]), int(match[3]))
    if match := _GOLD_STANDARD.match(text) or _IN_WORDS.match(text):
        return Block(match[1], int(match[2]), int(match[3]))
    return None


def check_serials(serial: str, units: int) -> Iterator[Finding]:
    """Check one block against its quantity; text of an unknown form is kept as it is."""
    block = block_of(serial)
    if block is None:
        yield warn(33, "serial_opaque", serial=serial[:80])
    elif block.quantity != units:
        yield reject(33, "block_is_not_the_quantity", block=block.quantity, units=units)


def overlaps(blocks: Iterable[tuple[int, Block]]) -> Iterator[tuple[int, Finding]]:
    """Find blocks of one batch that share numbers; answers the line of the later block."""
    batches: dict[str, list[tuple[Block, int]]] = defaultdict(list)
    for line, block in blocks:
        batches[block.batch].append((block, line))
    for listed in batches.values():
        listed.sort(key=lambda pair: (pair[0].first, pair[0].last, pair[1]))
        reached = listed[0]
        for block, line in listed[1:]:
            if block.first <= reached[0].last:
                yield line, broken(33, "blocks_overlap", batch=block.batch, other_line=reached[1])
            if block.last > reached[0].last:
                reached = (block, line)
