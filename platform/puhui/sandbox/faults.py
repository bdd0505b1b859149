"""Harm on demand: asked for by a header of the call, or set beforehand for the next calls of a path."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from puhui.sandbox.refusals import invalid

HEADER = "Puhui-Sandbox-Fault"
# Before: nothing runs. After: it runs, and the answer is lost.
KINDS = ("429", "500", "drop", "slow", "500-after", "drop-after")


@dataclass(slots=True)
class Fault:
    """One kind of harm: *seconds* for slow, how often it is still done, on paths that begin so."""

    kind: str
    seconds: float = 0.0
    times: int = 1
    path: str = "/v1/"


class Faults:
    """The faults that wait to happen. Safe for threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let *fault* happen."""
        with self.lock:
            self.waiting.append(fault)

    def due(self, path: str, header: str | None) -> Fault | None:
        """Answer the harm for this call: the header's own, else the first that waits for the path."""
        if header:
            return read(header)
        with self.lock:
            for fault in self.waiting:
                if path.startswith(fault.path):
                    fault.times -= 1
                    if fault.times < 1:
                        self.waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Let nothing more happen."""
        with self.lock:
            self.waiting.clear()


def read(text: str, *, times: int = 1, path: str = "/v1/") -> Fault:
    """Read ``429``, ``drop``, ``slow=2.5`` and the like."""
    kind, _, seconds = text.partition("=")
    if kind not in KINDS or (kind == "slow") != bool(seconds):
        raise invalid(f"Invalid fault; it is one of {', '.join(KINDS)} (slow=SECONDS)", code="fault", param=HEADER)
    try:
        return Fault(kind, min(60.0, max(0.0, float(seconds or 0))), times, path)
    except ValueError as error:
        raise invalid("Invalid seconds", code="fault", param=HEADER) from error
