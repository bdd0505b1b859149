"""Certificates of events: found by their code, shown to everybody, printed."""
