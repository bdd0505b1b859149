"""Turning the service's error answers into our errors. Its sentences stay outside: they may hold what a payer wrote."""

from __future__ import annotations

from collections.abc import Mapping

from partners.payments.errors import (
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
)

FUNDS_SHORT = ("balance_insufficient", "insufficient_funds")
_BY_STATUS: dict[int, type[PaymentFailed]] = {
    401: PaymentKeyRefused,
    403: PaymentKeyRefused,
    404: PaymentUnknown,
    409: PaymentInProgress,
    429: PaymentRateLimited,
}


def refusal(status: int, body: object, *, request: str | None) -> PaymentFailed:
    """Answer the error that *status* and the error *body* stand for; *request* is the service's own log number.

    Where two fit, the first wins: a declined card, a reused key, the status' own, too little money, a wrong call.
    """
    error = _mapping(_mapping(body).get("error"))
    kind, code = _text(error, "type"), _text(error, "code")
    if kind == "card_error" or status == 402:
        payment = _text(_mapping(error.get("payment_intent")), "id")
        decline = _text(error, "decline_code") or code
        return PaymentDeclined(decline_code=decline, payment=payment, provider_code=code, request=request)
    if kind == "idempotency_error" and status == 400:
        return PaymentKeyReused(provider_code=code, request=request)
    if status in _BY_STATUS:
        return _BY_STATUS[status](provider_code=code, request=request)
    if code in FUNDS_SHORT:
        return PaymentFundsShort(provider_code=code, request=request)
    if 400 <= status < 500:
        return PaymentRequestInvalid(parameter=_text(error, "param"), provider_code=code, request=request)
    return PaymentUnavailable(provider_code=code or f"status_{status}", request=request)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(error: Mapping[str, object], name: str) -> str | None:
    value = error.get(name)
    return value if isinstance(value, str) else None
