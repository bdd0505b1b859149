"""Reconciliation: the mirror against the registry's word. Differences become breaks; nothing is ever overwritten."""
