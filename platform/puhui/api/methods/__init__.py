"""The methods, for programs."""
