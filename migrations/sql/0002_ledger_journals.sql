-- What plain-text journals are made of. Positive changes are debits. A spread account is one account, and a transfer that
-- crosses stripes is one entry: its passages through clearing cancel out.

CREATE VIEW ledger.journal_account AS
SELECT n.account, n.owner, n.purpose, a.normal_side, s.code AS asset, s.scale
FROM ledger.account_name n
JOIN ledger.account a ON a.stripe = n.stripe AND a.id = n.account | n.stripe
JOIN ledger.asset s ON s.id = n.asset;

-- The balance of every account from everything that occurred before an instant.
CREATE FUNCTION ledger.journal_balances(p_before timestamptz) RETURNS TABLE (account bigint, change bigint)
LANGUAGE sql STABLE AS $$
    SELECT ledger.whole_account(e.account), ledger.sum8(e.change)
    FROM (
        SELECT debit AS account, units AS change FROM ledger.transfer WHERE occurred_at < p_before
        UNION ALL
        SELECT credit, -units FROM ledger.transfer WHERE occurred_at < p_before
    ) e
    GROUP BY ledger.whole_account(e.account) HAVING ledger.sum8(e.change) <> 0
    ORDER BY 1
$$;

-- What occurred from an instant until before another, in the order of occurrence.
CREATE FUNCTION ledger.journal_lines(p_since timestamptz, p_before timestamptz)
RETURNS TABLE (transfer bigint, occurred_at timestamptz, kind text, reference uuid, account bigint, change bigint)
LANGUAGE sql STABLE AS $$
    SELECT e.transfer, min(e.occurred_at), min(e.kind), e.reference, ledger.whole_account(e.account), ledger.sum8(e.change)
    FROM (
        SELECT coalesce(part_of, id) AS transfer, occurred_at, kind, reference, debit AS account, units AS change
        FROM ledger.transfer WHERE occurred_at >= p_since AND occurred_at < p_before
        UNION ALL
        SELECT coalesce(part_of, id), occurred_at, kind, reference, credit, -units
        FROM ledger.transfer WHERE occurred_at >= p_since AND occurred_at < p_before
    ) e
    GROUP BY e.transfer, e.reference, ledger.whole_account(e.account) HAVING ledger.sum8(e.change) <> 0
    ORDER BY 2, 1, 6 DESC
$$;

REVOKE ALL ON FUNCTION
    ledger.whole_account(bigint), ledger.journal_balances(timestamptz), ledger.journal_lines(timestamptz, timestamptz)
FROM PUBLIC;
GRANT SELECT ON ledger.journal_account TO puhui_app;
GRANT EXECUTE ON FUNCTION
    ledger.whole_account(bigint), ledger.journal_balances(timestamptz), ledger.journal_lines(timestamptz, timestamptz)
TO puhui_app;
