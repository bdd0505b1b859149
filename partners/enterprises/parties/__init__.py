"""Parties: the enterprises whose rights are mirrored, their accounts, and who may not trade."""
