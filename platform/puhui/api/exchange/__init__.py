"""Rates and exchanges as JSON."""
