"""Funds and cover as JSON, for everyone."""
