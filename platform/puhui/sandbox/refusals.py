"""How the sandbox says no, in Stripe's shape."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]


class Refused(Exception):
    """An error answer. *is_kept* says whether an idempotency key remembers it: what began to run is remembered."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        is_kept: bool = True,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_kept = is_kept
        facts = {"type": kind, "code": code, "param": param, "message": message, **more}
        self.body: Body = {"error": {name: fact for name, fact in facts.items() if fact is not None}}


def unknown(kind: str, object_id: str) -> Refused:
    """Answer 404 for an object that is not there."""
    return Refused(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param="id")


def invalid(message: str, *, code: str, param: str) -> Refused:
    """Answer 400 for a parameter that cannot be read; nothing ran, so that the key stays free."""
    return Refused(message, code=code, param=param, is_kept=False)
