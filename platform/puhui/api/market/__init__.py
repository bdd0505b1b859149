"""Public market figures for programs: the same numbers as the pages and the command line."""
