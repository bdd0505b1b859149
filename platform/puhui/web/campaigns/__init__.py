"""Campaigns: planned and published by the liaison, joined by members; certificates for all to check."""
