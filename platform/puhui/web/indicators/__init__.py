"""Indicators, targets, savings of an institution; factors and all institutions for the operator."""
