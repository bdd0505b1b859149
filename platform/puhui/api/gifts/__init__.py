"""Gifts and recipients as JSON."""
