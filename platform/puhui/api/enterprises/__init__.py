"""An enterprise's own mirror for its programs: holdings, records, obligations, breaks, imports."""
