"""A citizen's acts, how each was computed, and the riders that the citizen has bound."""
