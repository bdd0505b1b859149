"""Acts reported by providers."""
