"""Payments: money in yuan at a Stripe-compatible service. Calls out, signed messages in, and what we know of both."""

from partners.payments.actions import observe, observe_answer, process_events, store_event, store_missed
from partners.payments.answers import Balance, Event, Page, PaymentIntent, Payout, Refund, Transfer
from partners.payments.client import CURRENCY, PaymentClient, every
from partners.payments.errors import (
    PaymentAnswerUnreadable,
    PaymentDeclined,
    PaymentFailed,
    PaymentFundsShort,
    PaymentInProgress,
    PaymentKeyRefused,
    PaymentKeyReused,
    PaymentRateLimited,
    PaymentRequestInvalid,
    PaymentUnavailable,
    PaymentUnknown,
    WebhookNotAccepted,
)
from partners.payments.model import Payment, PaymentEvent
from partners.payments.queries import payment_of, payments_by_id, refunded_fen, waiting_events
from partners.payments.retries import Retries
from partners.payments.rules import Observation
from partners.payments.signatures import HEADER, sign, verify
from partners.payments.transport import DEFAULT_URL, LOOPBACK, Call, Transport

__all__ = [
    "CURRENCY",
    "DEFAULT_URL",
    "HEADER",
    "LOOPBACK",
    "Balance",
    "Call",
    "Event",
    "Observation",
    "Page",
    "Payment",
    "PaymentAnswerUnreadable",
    "PaymentClient",
    "PaymentDeclined",
    "PaymentEvent",
    "PaymentFailed",
    "PaymentFundsShort",
    "PaymentInProgress",
    "PaymentIntent",
    "PaymentKeyRefused",
    "PaymentKeyReused",
    "PaymentRateLimited",
    "PaymentRequestInvalid",
    "PaymentUnavailable",
    "PaymentUnknown",
    "Payout",
    "Refund",
    "Retries",
    "Transfer",
    "Transport",
    "WebhookNotAccepted",
    "every",
    "observe",
    "observe_answer",
    "payment_of",
    "payments_by_id",
    "process_events",
    "refunded_fen",
    "sign",
    "store_event",
    "store_missed",
    "verify",
    "waiting_events",
]
