"""A citizen's own account: name, agreement, leaving."""
