"""The first page, for each kind of person, and the privacy text."""
