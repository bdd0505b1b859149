"""Gifts: coins or points given to an event or a carbon sink, with a receipt."""
