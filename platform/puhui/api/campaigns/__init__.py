"""Campaigns as JSON, and verifying their certificates."""
