"""The forty rules and their parameters as dated data with citations."""
