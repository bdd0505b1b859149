"""Meters over HTTP: readings from providers' programs, an institution's own figures for its programs."""
