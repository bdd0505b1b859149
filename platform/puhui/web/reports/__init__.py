"""Reports of an institution: bill list of a month, notice of a quarter, report of a year."""
