"""Benchmarks: each prints ratios against a yardstick that runs beside it, because machines differ."""
