"""Sheets: XLSX and CSV in and out. Reading gives text, as written; judging it is the domain's work.

Every list exports what its filter shows; every import starts from a template and comes back with a column 错误原因.
"""

from puhui.sheets.errors import SheetUnreadable
from puhui.sheets.reading import MOST_ROWS, Table, read_table
from puhui.sheets.writing import Column, Sheet, write_answers, write_book, write_template

__all__ = [
    "MOST_ROWS",
    "Column",
    "Sheet",
    "SheetUnreadable",
    "Table",
    "read_table",
    "write_answers",
    "write_book",
    "write_template",
]
