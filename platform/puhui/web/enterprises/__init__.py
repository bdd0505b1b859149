"""An enterprise's own pages: holdings, records, files, obligations, breaks. Readers, makers and checkers."""
