"""Yearly returns of many organisations, imported and compared by the operator."""
