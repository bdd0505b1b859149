"""What the payment service answers, as values. Amounts are whole fen (0.01 yuan) where the currency is cny."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from partners.payments.errors import PaymentAnswerUnreadable

T = TypeVar("T")
Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """A payment on its way. *received_fen* arrived; *capturable_fen* is reserved and may be captured."""

    id: str
    status: str
    amount_fen: int
    received_fen: int
    capturable_fen: int
    currency: str
    metadata: Mapping[str, str]
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to a payer, of the payment intent *payment* (None where the service names none)."""

    id: str
    status: str
    amount_fen: int
    currency: str
    payment: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money moved to a connected account within the service."""

    id: str
    amount_fen: int
    reversed_fen: int
    currency: str
    destination: str | None


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way to a bank account: pending, in_transit, paid, failed or canceled."""

    id: str
    status: str
    amount_fen: int
    currency: str
    failure_code: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies at the service, by currency: *available* may leave, *pending* not yet."""

    available: Mapping[str, int]
    pending: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at the service at *created_at*; *subject* is the object as it was then."""

    id: str
    type: str
    created_at: datetime
    subject: Answer


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, newest first. *after* asks for the next part; None at the end."""

    items: list[T]
    after: str | None


def payment_intent(answer: Answer) -> PaymentIntent:
    """Read a payment intent. Raises PaymentAnswerUnreadable, as does every reader here."""
    _require_kind(answer, "payment_intent")
    return PaymentIntent(
        id=_text(answer, "id"),
        status=_text(answer, "status"),
        amount_fen=_whole(answer, "amount"),
        received_fen=_whole(answer, "amount_received", default=0),
        capturable_fen=_whole(answer, "amount_capturable", default=0),
        currency=_text(answer, "currency"),
        metadata=_texts(answer.get("metadata")),
        failure_code=_failure(answer),
    )


def refund(answer: Answer) -> Refund:
    """Read a refund."""
    _require_kind(answer, "refund")
    return Refund(
        id=_text(answer, "id"),
        status=_text(answer, "status") if answer.get("status") is not None else "pending",
        amount_fen=_whole(answer, "amount"),
        currency=_text(answer, "currency"),
        payment=id_of(answer.get("payment_intent")),
        metadata=_texts(answer.get("metadata")),
    )


def transfer(answer: Answer) -> Transfer:
    """Read a transfer."""
    _require_kind(answer, "transfer")
    return Transfer(
        id=_text(answer, "id"),
        amount_fen=_whole(answer, "amount"),
        reversed_fen=_whole(answer, "amount_reversed", default=0),
        currency=_text(answer, "currency"),
        destination=id_of(answer.get("destination")),
    )


def payout(answer: Answer) -> Payout:
    """Read a payout."""
    _require_kind(answer, "payout")
    failure = answer.get("failure_code")
    return Payout(
        id=_text(answer, "id"),
        status=_text(answer, "status"),
        amount_fen=_whole(answer, "amount"),
        currency=_text(answer, "currency"),
        failure_code=failure if isinstance(failure, str) else None,
        metadata=_texts(answer.get("metadata")),
    )


def balance(answer: Answer) -> Balance:
    """Read the balance."""
    _require_kind(answer, "balance")
    return Balance(available=_by_currency(answer, "available"), pending=_by_currency(answer, "pending"))


def event(answer: Answer) -> Event:
    """Read an event, from a list or from a webhook."""
    _require_kind(answer, "event")
    data = answer.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    if not isinstance(subject, dict):
        raise PaymentAnswerUnreadable(field="data.object")
    created = _whole(answer, "created")
    try:
        created_at = datetime.fromtimestamp(created, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise PaymentAnswerUnreadable(field="created") from error
    return Event(id=_text(answer, "id"), type=_text(answer, "type"), created_at=created_at, subject=subject)


def page_of(answer: Answer, read: Callable[[Answer], T]) -> Page[T]:
    """Read a list of what *read* reads."""
    _require_kind(answer, "list")
    data = answer.get("data")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise PaymentAnswerUnreadable(field="data")
    has_more = answer.get("has_more") is True and bool(data)
    return Page(items=[read(item) for item in data], after=_text(data[-1], "id") if has_more else None)


def id_of(value: object) -> str | None:
    """Answer the id of what may be an id or the expanded object itself."""
    inner = value.get("id") if isinstance(value, dict) else value
    return inner if isinstance(inner, str) else None


def _failure(intent: Answer) -> str | None:
    """Answer why the last try to pay failed: the bank's own reason, or the service's code."""
    error = intent.get("last_payment_error")
    reason = (error.get("decline_code") or error.get("code")) if isinstance(error, dict) else None
    return reason if isinstance(reason, str) else None


def _require_kind(answer: Answer, kind: str) -> None:
    if answer.get("object") != kind:
        raise PaymentAnswerUnreadable(field="object", expected=kind)


def _text(answer: Answer, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise PaymentAnswerUnreadable(field=name)
    return value


def _whole(answer: Answer, name: str, *, default: int | None = None) -> int:
    value = answer.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise PaymentAnswerUnreadable(field=name)
    return value


def _texts(value: object) -> dict[str, str]:
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _by_currency(answer: Answer, name: str) -> dict[str, int]:
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise PaymentAnswerUnreadable(field=name)
    amounts: dict[str, int] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise PaymentAnswerUnreadable(field=name)
        currency = _text(row, "currency")
        amounts[currency] = amounts.get(currency, 0) + _whole(row, "amount")
    return amounts
