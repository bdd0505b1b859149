"""Pay codes as JSON, for the citizen who opens them."""
