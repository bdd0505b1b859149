"""Institutions as JSON: departments, members, what schemes gave."""
