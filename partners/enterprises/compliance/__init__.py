"""Compliance: what is owed for a year, what counts for it, offsets, carry-over, penalties, plans."""
