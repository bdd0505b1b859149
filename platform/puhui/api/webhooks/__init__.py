"""``/api/v1/webhooks``: what services outside tell us, believed by signature alone."""
