"""What a sheet refuses."""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class SheetUnreadable(DomainError):
    """The file is no sheet that we read; each reason has a class below."""

    code = "sheet_unreadable"


class SheetEmpty(SheetUnreadable):
    """There is no header."""

    code = "sheet_empty"


class SheetOldExcel(SheetUnreadable):
    """It is an .xls of before 2007, which keeps no types that we trust."""

    code = "sheet_old_excel"


class SheetDamaged(SheetUnreadable):
    """The file breaks off or is not what it says; *row* (from 1) where it is known."""

    code = "sheet_damaged"


class SheetMissing(SheetUnreadable):
    """The book has no sheet called *name*."""

    code = "sheet_missing"


class SheetEncodingUnknown(SheetUnreadable):
    """The text is neither UTF-8 nor GB18030."""

    code = "sheet_encoding_unknown"


class SheetTooLong(SheetUnreadable):
    """There are more than *most* rows, or the book unpacks to more than we take."""

    code = "sheet_too_long"


class SheetTooWide(SheetUnreadable):
    """Row *row* (from 1) has more cells than the header."""

    code = "sheet_too_wide"
