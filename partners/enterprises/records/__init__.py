"""Records: what registry, exchange and authority wrote down; one validator; booked after a second person."""
