"""A citizen's vouchers: taken, shown as a code that changes, given back."""
