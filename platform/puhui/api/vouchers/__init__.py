"""Vouchers as JSON, for the citizen who holds them."""
