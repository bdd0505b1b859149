"""The counter: a clerk reads a code, sees what to hand over, and confirms."""
