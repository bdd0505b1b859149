"""Schemes: rules drafted, tried on last month, approved by a second person; what they gave."""
