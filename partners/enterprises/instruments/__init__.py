"""Instruments: what can be held, in which unit, and what may be added."""
