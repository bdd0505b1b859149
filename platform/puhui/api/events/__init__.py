"""Events and certificates as JSON: an organiser's program makes and fills them, everybody reads certificates."""
