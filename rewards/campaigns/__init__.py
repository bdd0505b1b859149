"""Campaigns of an institution: goals, teams, check-ins by code, progress from providers, certificates."""
