"""The citizen's family as JSON."""
