"""Whether the service and its database answer."""
