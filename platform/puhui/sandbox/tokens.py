"""The payers of the sandbox: Stripe's test payment methods by name, and two that break the service."""

from __future__ import annotations

from puhui.sandbox.refusals import Refused

ACCEPTED = frozenset({"pm_card_visa", "pm_card_mastercard", "pm_card_unionpay", "pm_card_bypassPending"})
# The error's code, and the bank's own reason.
DECLINED = {
    "pm_card_visa_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "expired_card"),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", "processing_error"),
}
BREAKING = {"tok_429": 429, "tok_500": 500}
CLOSED_ACCOUNT = "ba_sandbox_account_closed"


def require_known(token: str | None) -> None:
    """Refuse a payment method that the sandbox does not know; card numbers never come this far."""
    if token is not None and token not in ACCEPTED and token not in DECLINED and token not in BREAKING:
        raise Refused(f"No such PaymentMethod: '{token}'", code="resource_missing", param="payment_method")


def break_if_asked(token: str) -> None:
    """Answer 429 (which no key remembers) or 500 (which a key does, as at Stripe) where the token stands for it."""
    if BREAKING.get(token) == 429:
        raise rate_limited()
    if BREAKING.get(token) == 500:
        raise broken(is_kept=True)


def rate_limited() -> Refused:
    """Answer 429."""
    return Refused("Too many requests", status=429, kind="invalid_request_error", code="rate_limit", is_kept=False)


def broken(*, is_kept: bool) -> Refused:
    """Answer 500."""
    return Refused("The sandbox was asked to fail", status=500, kind="api_error", is_kept=is_kept)
