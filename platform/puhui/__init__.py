"""The application: composition root, settings, database session, identity, web pages, JSON API, worker, commands."""
