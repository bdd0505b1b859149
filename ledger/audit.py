"""The audit: the laws of the ledger, asked of the rows themselves. A difference is an incident; nothing is repaired."""

from __future__ import annotations

from ledger.connection import SessionLike, one, rows
from ledger.model import AuditReport, Finding, TrialBalanceRow


def trial_balance(session: SessionLike) -> list[TrialBalanceRow]:
    """Answer debits and credits of every stripe and asset."""
    found = rows(session, "SELECT * FROM ledger.trial_balance ORDER BY stripe, asset")
    return [TrialBalanceRow(row.stripe, row.asset, row.debits, row.credits, row.accounts) for row in found]


def audit(session: SessionLike) -> AuditReport:
    """Check every law; a finding names the law, the subject, and what was expected and found."""
    found = rows(session, "SELECT * FROM ledger.audit() ORDER BY law, subject LIMIT 1000")
    transfers, accounts = one(
        session,
        "SELECT (SELECT count(*) FROM ledger.transfer) AS transfers, (SELECT count(*) FROM ledger.account) AS accounts",
    )
    findings = [Finding(row.law, row.subject, row.expected, row.found) for row in found]
    return AuditReport(holds=not findings, findings=findings, transfers=transfers, accounts=accounts)
