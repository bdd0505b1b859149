"""Access tokens for data providers: OAuth2 client credentials (RFC 6749 §4.4)."""
