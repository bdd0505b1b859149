"""Holdings: records folded in business time, the ledger kept equal to the fold, lots and their cost."""
