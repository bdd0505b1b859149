"""The memory of the sandbox: objects by kind, one balance in cny, and what happened, in order."""

from __future__ import annotations

import copy
import secrets
import threading
import time
from collections.abc import Callable

from puhui.sandbox.forms import Form
from puhui.sandbox.refusals import Body, Refused, invalid, unknown

API_VERSION = "2026-05-27.dahlia"


class Books:
    """Everything that the sandbox knows. Whoever reads or writes holds ``lock``."""

    def __init__(self, tell: Callable[[Body], int] | None = None) -> None:
        self.lock = threading.RLock()
        self.tell = tell
        self.objects: dict[str, dict[str, Body]] = {}
        self.available_fen = 0

    def add(self, kind: str, prefix: str, **fields: object) -> Body:
        """Keep a new object and answer it."""
        created: Body = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
            **fields,
        }
        self.objects.setdefault(kind, {})[created["id"]] = created
        return created

    def one(self, kind: str, object_id: str) -> Body:
        """Answer an object, or 404."""
        found = self.objects.get(kind, {}).get(object_id)
        if found is None:
            raise unknown(kind, object_id)
        return found

    def all(self, kind: str) -> list[Body]:
        """Answer every object of *kind*, oldest first."""
        return list(self.objects.get(kind, {}).values())

    def page(self, kind: str, url: str, form: Form) -> Body:
        """Answer a part of the list of *kind*, newest first."""
        limit = form.maybe_whole("limit")
        after = form.maybe_text("starting_after")
        form.finish()
        if limit is not None and not 1 <= limit <= 100:
            raise invalid("limit must be from 1 to 100", code="parameter_invalid_integer", param="limit")
        rows = self.all(kind)[::-1]
        if after is not None:
            self.one(kind, after)
            rows = rows[next(n for n, row in enumerate(rows) if row["id"] == after) + 1 :]
        part = rows[: limit or 10]
        return {"object": "list", "url": url, "has_more": len(part) < len(rows), "data": part}

    def take(self, fen: int) -> None:
        """Take *fen* out of the balance, or refuse."""
        if fen > self.available_fen:
            message = "You have insufficient available funds in your Stripe account."
            raise Refused(message, code="balance_insufficient", param="amount")
        self.available_fen -= fen

    def happened(self, kind: str, subject: Body) -> None:
        """Keep an event with *subject* as it is now, and tell whoever listens."""
        event = self.add(
            "event",
            "evt",
            type=kind,
            api_version=API_VERSION,
            data={"object": copy.deepcopy(subject)},
            pending_webhooks=0,
            request=None,
        )
        if self.tell is not None:
            event["pending_webhooks"] = self.tell(copy.deepcopy(event))

    def clear(self) -> None:
        """Forget everything."""
        self.objects.clear()
        self.available_fen = 0
