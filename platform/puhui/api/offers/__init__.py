"""Offers as JSON."""
