"""Settlement in pages: the manager's statements and payouts; the operator's runs, terms, disputes and breaks."""
