"""Families: founded, joined by a code, with shared coins, dissolved by a stated rule."""
