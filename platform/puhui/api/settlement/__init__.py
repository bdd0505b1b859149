"""Statements as JSON, for the merchant's own program."""
