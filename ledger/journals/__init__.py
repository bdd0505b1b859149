"""Plain-text journals: export the books so that other people's programs can check them, and post journals of others."""

from ledger.journals.booking import Booked, book_journal
from ledger.journals.exporting import export_journal
from ledger.journals.model import Entry, JournalInvalid, Line
from ledger.journals.reading import read_journal
from ledger.journals.writing import STYLES

__all__ = [
    "STYLES",
    "Booked",
    "Entry",
    "JournalInvalid",
    "Line",
    "book_journal",
    "export_journal",
    "read_journal",
]
