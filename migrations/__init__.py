"""The database's history, numbered; run by ``puhui.db.migrate``."""
