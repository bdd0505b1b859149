"""Funds in public: what sponsors gave, what coins may still cost, and how far it reaches."""
