"""What may go wrong with payments.

DomainError
├── PaymentFailed             the root of what the service answers; ``provider_code``, ``request`` (its log number)
│   ├── PaymentUnavailable       no answer, or only faults, after every retry: whether it happened is unknown
│   ├── PaymentRateLimited       too many calls, after every retry
│   ├── PaymentDeclined          the payer's bank said no; ``decline_code``
│   ├── PaymentFundsShort        the balance does not cover a transfer or payout
│   ├── PaymentRequestInvalid    the call is wrong or too late; ``parameter``
│   ├── PaymentUnknown           the service has no such object
│   ├── PaymentKeyRefused        the service does not accept our key
│   ├── PaymentKeyReused         the request id was used for something else
│   ├── PaymentInProgress        the same request still runs, after every retry
│   └── PaymentAnswerUnreadable  the answer is not what the service describes; ``field``
└── WebhookNotAccepted        no valid signature in time; ``reason`` is for the log alone
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class PaymentFailed(DomainError):
    """The payment service did not do what it was asked for."""

    code = "payment_failed"


class PaymentUnavailable(PaymentFailed):
    """No answer, or only faults, after every retry. Whether it happened is unknown: repeat with the same request id."""

    code = "payment_unavailable"


class PaymentRateLimited(PaymentFailed):
    """Too many calls, after every retry. Nothing happened."""

    code = "payment_rate_limited"


class PaymentDeclined(PaymentFailed):
    """The payer's bank said no. Facts: ``decline_code``, ``payment`` (the intent's id, or None)."""

    code = "payment_declined"


class PaymentFundsShort(PaymentFailed):
    """The balance does not cover the transfer or payout."""

    code = "payment_funds_short"


class PaymentRequestInvalid(PaymentFailed):
    """The call is wrong, or the object is no longer in a state for it. Facts: ``parameter``, ``provider_code``."""

    code = "payment_request_invalid"


class PaymentUnknown(PaymentFailed):
    """The service has no such object."""

    code = "payment_unknown"


class PaymentKeyRefused(PaymentFailed):
    """The service does not accept our key, or none is set."""

    code = "payment_key_refused"


class PaymentKeyReused(PaymentFailed):
    """The request id was used for something else before."""

    code = "payment_key_reused"


class PaymentInProgress(PaymentFailed):
    """The same request still runs elsewhere, after every retry."""

    code = "payment_in_progress"


class PaymentAnswerUnreadable(PaymentFailed):
    """The answer is not what the service describes. Facts: ``field``."""

    code = "payment_answer_unreadable"


class WebhookNotAccepted(DomainError):
    """The message carries no valid signature in time. Facts: ``reason``, which the outside never learns."""

    code = "webhook_not_accepted"
