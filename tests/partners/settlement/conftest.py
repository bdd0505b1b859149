"""The payment sandbox of the payments' tests, and the café with money around it."""

from __future__ import annotations

from tests.partners.payments.conftest import payment_client, sandbox, sandbox_process, serve

__all__ = ["payment_client", "sandbox", "sandbox_process", "serve"]
