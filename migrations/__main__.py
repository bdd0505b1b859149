"""``python -m migrations``: reads the owner's database address from standard input and upgrades to the newest."""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config

config = Config()
config.set_main_option("script_location", "migrations:")
config.attributes["url"] = "postgresql+psycopg://" + sys.stdin.read().strip().split("://", 1)[1]
command.upgrade(config, "head")
