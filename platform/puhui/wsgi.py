"""What the web server loads: the application on the database that the environment names."""

from __future__ import annotations

import os

from flask import Flask

from puhui.app import create_app
from puhui.db import Database
from puhui.settings import Settings, SettingsInvalid

THREADS = 8


def application() -> Flask:
    """Make the application. Raises SettingsInvalid; PUHUI_DATABASE_URL must be set, as the supervisor does."""
    settings = Settings.from_env(os.environ)
    if settings.database_url is None:
        raise SettingsInvalid("PUHUI_DATABASE_URL must be set for the web server; `puhui run` sets it")
    return create_app(settings, Database(settings.database_url, pool_size=THREADS))
