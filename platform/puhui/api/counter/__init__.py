"""The counter as JSON, for a merchant's clerks."""
