"""Meters of institutions: sites, buildings, bills and readings, what is strange in them, indicators and savings."""
