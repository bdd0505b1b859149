"""Public pages of the methods."""
