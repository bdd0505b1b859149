"""Zero-carbon meetings and large events: for the public, guests, organisers, reviewers and the operator."""
