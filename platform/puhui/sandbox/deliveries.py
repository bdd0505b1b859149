"""Sending what happened to whoever asked for it: signed, tried again, and on demand twice, late or in reverse."""

from __future__ import annotations

import heapq
import json
import threading
import time
from dataclasses import dataclass, field

import requests

from partners.payments.signatures import HEADER, sign
from puhui.sandbox.refusals import Body

ATTEMPTS = 8
LONGEST_SECONDS = 60.0
LIMITS = (2.0, 5.0)
ENDPOINT = "we_"  # The ids of endpoints that were made over the API begin so; other listeners stay when all is cleared.


@dataclass(order=True, slots=True)
class Delivery:
    """One event for one listener, due at a monotonic second."""

    due: float
    number: int
    event: Body = field(compare=False)
    url: str = field(compare=False)
    secret: str = field(compare=False)
    attempt: int = field(compare=False, default=1)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told: the address, the secret that signs, and which events ("*" for all)."""

    url: str
    secret: str
    events: tuple[str, ...] = ("*",)

    def wants(self, kind: str) -> bool:
        """Whether events of *kind* are for this one."""
        return "*" in self.events or kind in self.events


class Deliveries:
    """A thread that sends. Each message is signed anew, so that a late one is not taken for an old one."""

    def __init__(self, *, first_pause_seconds: float = 1.0) -> None:
        self.first_pause_seconds = first_pause_seconds
        self.changed = threading.Condition()
        self.listeners: dict[str, Listener] = {}
        self.queue: list[Delivery] = []
        self.held: list[Delivery] = []
        self.done: list[Body] = []
        self.is_doubling = self.is_holding = False
        self.late_seconds = 0.0
        self.count = 0
        threading.Thread(target=self._work, name="deliveries", daemon=True).start()

    def tell(self, event: Body) -> int:
        """Queue *event* for its listeners; answer how many there are."""
        with self.changed:
            wanting = [listener for listener in self.listeners.values() if listener.wants(event["type"])]
            for listener in wanting * (2 if self.is_doubling else 1):
                self.count += 1
                due = time.monotonic() + self.late_seconds
                delivery = Delivery(due, self.count, event, listener.url, listener.secret)
                if self.is_holding:
                    self.held.append(delivery)
                else:
                    heapq.heappush(self.queue, delivery)
            self.changed.notify()
            return len(wanting)

    def behave(self, *, doubles: bool, holds: bool, late_seconds: float) -> None:
        """Send everything twice, keep it back until ``release``, or send it late."""
        with self.changed:
            self.is_doubling, self.is_holding, self.late_seconds = doubles, holds, late_seconds

    def release(self, *, is_reversed: bool) -> int:
        """Send what was kept back, the last first where *is_reversed*; answer how many."""
        with self.changed:
            held, self.held, self.is_holding = self.held, [], False
            for delivery in reversed(held) if is_reversed else held:
                self.count += 1
                delivery.due, delivery.number = time.monotonic(), self.count
                heapq.heappush(self.queue, delivery)
            self.changed.notify()
            return len(held)

    def listen(self, name: str, listener: Listener) -> None:
        """Add a listener, or change the one of this name."""
        with self.changed:
            self.listeners[name] = listener

    def clear(self) -> None:
        """Forget what is on its way, how everything should be sent and the endpoints made over the API.

        The listener that the sandbox was started or told with stays.
        """
        with self.changed:
            self.listeners = {name: one for name, one in self.listeners.items() if not name.startswith(ENDPOINT)}
            self.queue, self.held, self.done = [], [], []
            self.is_doubling = self.is_holding = False
            self.late_seconds = 0.0

    def _work(self) -> None:
        while True:
            with self.changed:
                while not self.queue or self.queue[0].due > time.monotonic():
                    wait = self.queue[0].due - time.monotonic() if self.queue else None
                    self.changed.wait(wait)
                delivery = heapq.heappop(self.queue)
            status = send(delivery)
            with self.changed:
                self.done.append({"event": delivery.event["id"], "attempt": delivery.attempt, "status": status})
                if not 200 <= status < 300 and delivery.attempt < ATTEMPTS:
                    self._again(delivery)

    def _again(self, delivery: Delivery) -> None:
        pause = min(LONGEST_SECONDS, self.first_pause_seconds * 2.0 ** (delivery.attempt - 1))
        delivery.due, delivery.attempt = time.monotonic() + pause, delivery.attempt + 1
        heapq.heappush(self.queue, delivery)


def send(delivery: Delivery) -> int:
    """Send once; answer the status, 0 where nobody answered."""
    body = json.dumps(delivery.event, indent=2).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers[HEADER] = sign(body, secret=delivery.secret, at=int(time.time()))
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(delivery.url, data=body, headers=headers, timeout=LIMITS, allow_redirects=False)
        except requests.RequestException:
            return 0
        return answer.status_code
