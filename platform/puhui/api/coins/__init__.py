"""A citizen's coins as JSON: what there is, what expires when, what happened."""
