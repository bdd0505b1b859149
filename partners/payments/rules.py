"""What a message means and whether it is news. Messages come late, twice and in any order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from partners.payments.answers import Answer, Event, PaymentIntent, Payout, Refund, id_of
from partners.payments.errors import PaymentAnswerUnreadable

CURRENCY = "cny"
MOST_FEN = 10**15
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = ("payment_intent", "refund", "transfer", "payout")
# Of what the service sends only this is kept: an object may also hold a payer's name, address and card.
KEPT = (
    "id",
    "object",
    "status",
    "amount",
    "amount_received",
    "amount_capturable",
    "amount_reversed",
    "currency",
    "payment_intent",
    "destination",
    "failure_code",
    "failure_reason",
)
FINAL: Mapping[str, frozenset[str]] = {
    "payment_intent": frozenset({"succeeded", "canceled"}),
    "refund": frozenset({"failed", "canceled"}),
    "payout": frozenset({"failed", "canceled"}),
    "transfer": frozenset({"reversed"}),
}
# Within one second of the service's clock the later step wins. A bank may still return a payout that was paid.
_STEPS: Mapping[str, tuple[str, ...]] = {
    "payment_intent": (
        "requires_payment_method",
        "requires_confirmation",
        "declined",
        "requires_action",
        "processing",
        "requires_capture",
        "canceled",
        "succeeded",
    ),
    "refund": ("pending", "requires_action", "succeeded", "canceled", "failed"),
    "payout": ("pending", "in_transit", "paid", "canceled", "failed"),
    "transfer": ("paid", "reversed"),
}


@dataclass(frozen=True, slots=True)
class Observation:
    """An object of the service as it was at *told_at* (the service's clock); amounts in fen."""

    id: str
    kind: str
    status: str
    amount_fen: int
    settled_fen: int
    parent_id: str | None
    failure_code: str | None
    told_at: datetime


def kept(subject: Answer) -> dict[str, object]:
    """Answer the part of *subject* that we keep; an expanded object shrinks to its id, a failure to its code."""
    fields: dict[str, object] = {name: subject[name] for name in KEPT if name in subject}
    for name in ("payment_intent", "destination"):
        if name in fields:
            fields[name] = id_of(fields[name])
    error = subject.get("last_payment_error")
    if isinstance(error, dict):
        fields["failure_code"] = error.get("decline_code") or error.get("code")
    return fields


def observation(event: Event) -> Observation | None:
    """Answer what *event* says about one of our kinds in our currency, or None where it is about something else.

    Raises PaymentAnswerUnreadable where the object lacks what the service promises.
    """
    subject = kept(event.subject)
    kind = subject.get("object")
    if kind not in KINDS or subject.get("currency") != CURRENCY:
        return None
    amount = _whole(subject, "amount")
    status = _status(str(kind), subject, amount)
    failure = subject.get("failure_code") or subject.get("failure_reason")
    return Observation(
        id=_text(subject, "id"),
        kind=str(kind),
        status=status,
        amount_fen=amount,
        settled_fen=_settled(str(kind), status, subject, amount),
        parent_id=id_of(subject.get("payment_intent")) if kind == "refund" else None,
        failure_code=failure if isinstance(failure, str) else None,
        told_at=event.created_at,
    )


def answered(answer: PaymentIntent | Refund | Payout, *, told_at: datetime) -> Observation:
    """Answer what a call's answer says, as of *told_at*."""
    intent = answer if isinstance(answer, PaymentIntent) else None
    kind = "payment_intent" if intent else "refund" if isinstance(answer, Refund) else "payout"
    moved = answer.amount_fen if answer.status in ("succeeded", "paid") else 0
    return Observation(
        id=answer.id,
        kind=kind,
        status=answer.status,
        amount_fen=answer.amount_fen,
        settled_fen=intent.received_fen if intent else moved,
        parent_id=answer.payment if isinstance(answer, Refund) else None,
        failure_code=None if isinstance(answer, Refund) else answer.failure_code,
        told_at=told_at,
    )


def supersedes(arriving: Observation, known: Observation) -> bool:
    """Whether *arriving* is news: an end is never left and always believed, else the later word or step wins."""
    final = FINAL[known.kind]
    if known.status in final:
        return False
    if arriving.status in final:
        return True
    return (arriving.told_at, _step(arriving)) > (known.told_at, _step(known))


def _step(seen: Observation) -> int:
    is_declined = seen.kind == "payment_intent" and seen.status == "requires_payment_method" and seen.failure_code
    steps = _STEPS[seen.kind]
    status = "declined" if is_declined else seen.status
    return steps.index(status) if status in steps else -1


def _status(kind: str, subject: Answer, amount: int) -> str:
    if kind != "transfer":
        return _text(subject, "status")
    return "reversed" if _whole(subject, "amount_reversed") >= amount else "paid"


def _settled(kind: str, status: str, subject: Answer, amount: int) -> int:
    if kind == "payment_intent":
        return _whole(subject, "amount_received", at_most=amount)
    if kind == "transfer":
        return amount - _whole(subject, "amount_reversed", at_most=amount)
    return amount if status in ("succeeded", "paid") else 0


def _text(subject: Answer, name: str) -> str:
    value = subject.get(name)
    if not isinstance(value, str) or not value:
        raise PaymentAnswerUnreadable(field=name)
    return value


def _whole(subject: Answer, name: str, *, at_most: int = MOST_FEN) -> int:
    value = subject.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= at_most:
        raise PaymentAnswerUnreadable(field=name)
    return value
