"""One call over HTTP: time limits, retries with the same idempotency key, typed errors. Knows no payment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import requests

from ledger.kernel import clock
from partners.payments.errors import PaymentAnswerUnreadable, PaymentKeyRefused, PaymentUnavailable
from partners.payments.refusals import refusal
from partners.payments.retries import Retries, is_worth_retrying, pause_seconds
from partners.payments.wire import Parameters, encode

DEFAULT_URL = "http://127.0.0.1:12111"
API_VERSION = "2026-05-27.dahlia"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is meant: *path* without the host, *parameters* before encoding, *key* for writes."""

    method: Literal["GET", "POST"]
    path: str
    parameters: Parameters
    key: str | None


class _Bearer(requests.auth.AuthBase):
    """The key of every call; given as an auth object, it cannot be replaced by a ``.netrc`` of the machine."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.key}"
        return request


class Transport:
    """Sends calls to one payment service. Safe in one thread; a thread more needs a transport more."""

    def __init__(
        self,
        *,
        base_url: str = DEFAULT_URL,
        key: str,
        connect_seconds: float = 3.0,
        read_seconds: float = 20.0,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not key:
            raise PaymentKeyRefused(provider_code="no_key_set")
        self.base_url = base_url.rstrip("/")
        self.limits = (connect_seconds, read_seconds)
        self.retries = retries or Retries()
        self.sleep = sleep
        self.session = requests.Session()
        self.session.auth = _Bearer(key)
        self.session.headers.update({"Stripe-Version": API_VERSION, "User-Agent": "puhui"})
        # A proxy of the machine must not stand between us and a service on the same machine.
        self.session.trust_env = urlsplit(self.base_url).hostname not in LOOPBACK

    def send(self, call: Call) -> Body:
        """Answer the body of *call*, tried as often as the retries allow, always with the same key.

        Raises PaymentFailed's subclasses. After PaymentUnavailable the same call with the same key may be repeated.
        """
        attempt = 1
        while True:
            try:
                answer = self._once(call)
            except _LOST as error:
                if attempt >= self.retries.attempts:
                    raise PaymentUnavailable(provider_code=type(error).__name__, request=None) from error
                self._wait(attempt, None)
            else:
                if answer.status_code == 200:
                    return _body(answer)
                if attempt >= self.retries.attempts or not is_worth_retrying(answer.status_code, answer.headers):
                    raise refusal(answer.status_code, _json(answer), request=answer.headers.get("Request-Id"))
                self._wait(attempt, answer.headers.get("Retry-After"))
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _once(self, call: Call) -> requests.Response:
        pairs = encode(call.parameters)
        is_write = call.method == "POST"
        return self.session.request(
            call.method,
            self.base_url + call.path,
            params=None if is_write else pairs,
            data=pairs if is_write else None,
            headers={"Idempotency-Key": call.key} if call.key else {},
            timeout=self.limits,
            allow_redirects=False,
        )

    def _wait(self, attempt: int, retry_after: str | None) -> None:
        chance = random.random()  # noqa: S311  # Jitter needs no secrecy.
        self.sleep(
            pause_seconds(self.retries, attempt=attempt, chance=chance, retry_after=retry_after, now=clock.now())
        )


def _body(answer: requests.Response) -> Body:
    body = _json(answer)
    if not isinstance(body, dict):
        raise PaymentAnswerUnreadable(field="body", request=answer.headers.get("Request-Id"))
    return body


def _json(answer: requests.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None
