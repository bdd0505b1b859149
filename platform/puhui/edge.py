"""A request and its transaction: one session per request, committed after a 2xx or 3xx, rolled back otherwise."""

from __future__ import annotations

import mimetypes
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.security import safe_join

from ledger.kernel import clock
from puhui.db import ATTEMPTS, RETRYABLE, Database
from puhui.identity.vault import Vault
from puhui.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """What the application was composed of."""

    settings: Settings
    database: Database
    vault: Vault


def house() -> House:
    """Answer the settings, database and keys of the running application."""
    return cast(House, current_app.extensions["puhui"])


def session() -> Session:
    """Answer the request's session, opened at first use. The edge commits it after a 2xx or 3xx, else rolls it back."""
    if "session" not in g:
        g.transaction = house().database.transaction()
        g.session = g.transaction.__enter__()
    return cast(Session, g.session)


@contextmanager
def apart() -> Iterator[Session]:
    """Open a transaction of its own, for what must be remembered whatever the answer is: failed log-ins, limits."""
    with house().database.transaction() as opened:
        yield opened


def now() -> datetime:
    """Answer the instant at which the request began, so that one request knows one time."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def finish(*, commit: bool) -> None:
    """End the request's transaction, if it ever began."""
    transaction = g.pop("transaction", None)
    if transaction is None:
        return
    opened = g.pop("session")
    if not commit:
        opened.rollback()
    transaction.__exit__(None, None, None)


class Application(Flask):
    """Flask with one transaction around the view, which is run again after a deadlock where that is safe."""

    def send_static_file(self, filename: str) -> Response:
        """Send a built file, in the compressed form that the build laid beside it where the browser takes that."""
        folder = Path(self.static_folder or "")
        twin = safe_join(str(folder), f"{filename}.gz")
        if twin is None or not request.accept_encodings.quality("gzip") or not Path(twin).is_file():
            return super().send_static_file(filename)
        response = super().send_static_file(f"{filename}.gz")
        response.headers["Content-Type"] = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and end its transaction before any byte leaves."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._dispatch_once()
            except sa.exc.DBAPIError as error:
                if attempt == ATTEMPTS or not isinstance(error.orig, RETRYABLE) or not _is_repeatable():
                    raise
            except RETRYABLE:
                if attempt == ATTEMPTS or not _is_repeatable():
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  # Jitter needs no secrecy.
        raise AssertionError("unreachable")

    def _dispatch_once(self) -> Response:
        try:
            response = self.make_response(super().dispatch_request())
            finish(commit=response.status_code < 400)
        except BaseException:
            finish(commit=False)
            raise
        return response


def _is_repeatable() -> bool:
    """Whether the view can read the body again: it had none, or Werkzeug kept it. A consumed stream is gone."""
    if request.method in ("GET", "HEAD", "OPTIONS") or not request.content_length:
        return True
    return (
        request.is_json or "form" in request.__dict__ or getattr(request, "_cached_data", None) is not None
    ) and not request.files
