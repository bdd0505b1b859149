"""Where the database is: an external one, or the embedded server of the data folder. Needs no SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from puhui.postgres import EmbeddedPostgres
from puhui.settings import Settings


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is: *app* for the program, *owner* for migrations. Both ``postgresql://`` addresses."""

    app: str
    owner: str


@contextmanager
def addresses(settings: Settings) -> Iterator[Addresses]:
    """Answer the external database where one is set, else start or join the embedded server for the while."""
    if settings.database_url is not None:
        yield Addresses(app=settings.database_url, owner=settings.database_owner_url or settings.database_url)
        return
    with EmbeddedPostgres(settings.data_dir).joined() as server:
        yield Addresses(app=server.url("puhui_app"), owner=server.url("puhui_owner"))
