"""Sheets that are no records: snapshots, pledges and their release, obligations. Staged and approved as records are."""
