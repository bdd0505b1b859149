"""``/_sandbox``: switching harm on, looking at deliveries, moving payouts on. JSON only, from this machine only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from puhui.sandbox import faults, money
from puhui.sandbox.books import Books
from puhui.sandbox.deliveries import Deliveries, Listener
from puhui.sandbox.faults import Faults
from puhui.sandbox.refusals import Body, Refused, invalid
from puhui.sandbox.replays import Replays

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The parts of one sandbox."""

    books: Books
    replays: Replays
    faults: Faults
    deliveries: Deliveries
    payout_seconds: float | None


def act(sandbox: Sandbox, name: str, asked: dict[str, Any]) -> Body:
    """Do what ``POST /_sandbox/<name>`` asks for."""
    action = _ACTIONS.get(name)
    if action is None:
        raise Refused(f"Unknown control: {name}; there are {', '.join(sorted(_ACTIONS))}", status=404)
    try:
        return action(sandbox, **asked)
    except (TypeError, ValueError) as error:
        raise invalid(f"Wrong fields for {name}: {error}", code="control", param=name) from error


def is_local(url: str) -> bool:
    """Whether *url* leads to this machine: the sandbox sends to no other."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def _fault(sandbox: Sandbox, *, fault: str, times: int = 1, path: str = "/v1/") -> Body:
    sandbox.faults.add(faults.read(fault, times=int(times), path=path))
    return {"waiting": len(sandbox.faults.waiting)}


def _webhooks(sandbox: Sandbox, *, duplicate: bool = False, hold: bool = False, late_seconds: float = 0.0) -> Body:
    sandbox.deliveries.behave(doubles=bool(duplicate), holds=bool(hold), late_seconds=float(late_seconds))
    return {"duplicate": duplicate, "hold": hold, "late_seconds": late_seconds}


def _release(sandbox: Sandbox, *, order: str = "kept") -> Body:
    return {"released": sandbox.deliveries.release(is_reversed=order == "reversed")}


def _listener(sandbox: Sandbox, *, url: str, secret: str) -> Body:
    if not is_local(url):
        raise invalid("The sandbox sends to this machine only", code="url_invalid", param="url")
    sandbox.deliveries.listen("control", Listener(url, secret))
    return {"url": url}


def _payout(sandbox: Sandbox, *, id: str, outcome: str = "paid") -> Body:
    with sandbox.books.lock:
        payout = sandbox.books.one("payout", id)
        moved = money.fail(sandbox.books, payout) if outcome == "failed" else money.arrive(sandbox.books, payout)
        return dict(moved)


def _clear(sandbox: Sandbox) -> Body:
    for part in (sandbox.faults, sandbox.replays, sandbox.deliveries):
        part.clear()
    with sandbox.books.lock:
        sandbox.books.clear()
    return {"cleared": True}


def _deliveries(sandbox: Sandbox) -> Body:
    return {"done": list(sandbox.deliveries.done), "held": len(sandbox.deliveries.held)}


_ACTIONS: dict[str, Callable[..., Body]] = {
    "fault": _fault,
    "webhooks": _webhooks,
    "release": _release,
    "listener": _listener,
    "payout": _payout,
    "clear": _clear,
    "deliveries": _deliveries,
}
