"""Adapters: a small registry from a format's name to the reader of its files.

A reader is made once per import with the side files that it needs, and then turns each file into reports. A row that
it cannot make a report of comes out as a code, so that one bad line never stops a file. A new format is a function
that makes a reader and a line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from partners.providers import mibici
from partners.providers.errors import FormatUnknown
from partners.providers.model import Provider, Report


class Reader(Protocol):
    """Reads the files of one format."""

    def read(self, path: Path) -> Iterator[Report | str]:
        """Yield a report for each row, or the code of what is wrong with it. Raises FileUnreadable."""


FORMATS: dict[str, Callable[[Path | None], Reader]] = {"mibici": mibici.reader}


def open_format(name: str, *, provider: Provider, stations: Path | None) -> Reader:
    """Make the reader of format *name* for *provider*. Raises FormatUnknown, FileUnreadable."""
    if name not in provider.formats or name not in FORMATS:
        raise FormatUnknown(
            provider=provider.code, format=name, known=", ".join(sorted(set(provider.formats) & set(FORMATS)))
        )
    return FORMATS[name](stations)
