"""Prices as their publishers printed them: imported once, checked against each other, used only where they are real."""
