"""Paying for something: one page with three states for a sponsor's top-up and the cash part of a voucher."""
