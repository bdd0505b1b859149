"""A file of returns into cells: CSV with whatever separator, gzipped or not, or the first sheet of a book."""

from __future__ import annotations

from partners.returns.reading import lines_of
from puhui.sheets import read_table

ZIP = b"PK\x03\x04"


def lines_of_file(name: str, content: bytes) -> list[list[str]]:
    """Answer the cells of a file. Raises ReturnsUnreadable, or a SheetUnreadable for a book."""
    if not content.startswith(ZIP):
        return lines_of(content)
    table = read_table(name, content)
    return [table.header, *table.rows]
