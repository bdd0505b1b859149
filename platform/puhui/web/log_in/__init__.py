"""Logging in and out, and choosing what to act as."""
