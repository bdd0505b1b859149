"""A merchant as citizens see it: where its stores are and what it offers."""
