"""Merchants where several floors meet: signing up, being suspended. Each act is recorded in the audit trail."""

from puhui.merchants.signing_up import Contact, CreditCodeTaken, apply_for, approve_application, contact_of
from puhui.merchants.suspending import lift_suspension, suspend_merchant

__all__ = [
    "Contact",
    "CreditCodeTaken",
    "apply_for",
    "approve_application",
    "contact_of",
    "lift_suspension",
    "suspend_merchant",
]
