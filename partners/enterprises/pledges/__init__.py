"""Pledges: an overlay over holdings; a registration at 中登网 does not by itself block the registry."""
