"""Meters, bills, findings and remarks of an institution, for its liaison and the operator."""
