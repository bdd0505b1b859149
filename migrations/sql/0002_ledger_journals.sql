-- What plain-text journals are made of. Positive changes are debits. A spread account is one account, and a transfer that
-- crosses stripes is one entry: its passages through clearing cancel out.

CREATE FUNCTION ledger.whole_account(account bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN account & 64 = 0 THEN account ELSE account & ~63::bigint END;

CREATE VIEW ledger.journal_account AS
SELECT ledger.whole_account(a.id) AS account, a.owner, a.purpose, a.normal_side, s.code AS asset, s.scale
FROM ledger.account a JOIN ledger.asset s ON s.id = a.asset
WHERE a.id = ledger.whole_account(a.id);

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
