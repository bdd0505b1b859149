-- Reading: balances, totals and whole transfers.

-- Balances on the normal side, a spread account as one. A hold past its time at p_now counts no more. Planning takes several
-- times as long as reading, so plans are kept for the session; without sequential scans, as a kept plan outlives small tables.
CREATE FUNCTION ledger.balances_of(accounts bigint[], p_now timestamptz)
RETURNS TABLE (account bigint, posted bigint, pending bigint, available bigint, incoming bigint)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
    SELECT w.account,
        sum(CASE a.normal_side WHEN 'C' THEN a.credits_posted - a.debits_posted ELSE a.debits_posted - a.credits_posted END)::bigint,
        sum(CASE a.normal_side WHEN 'C' THEN a.debits_pending ELSE a.credits_pending END - lapsed.outgoing)::bigint,
        sum(CASE a.normal_side WHEN 'C' THEN a.credits_posted - a.debits_posted - a.debits_pending
            ELSE a.debits_posted - a.credits_posted - a.credits_pending END + lapsed.outgoing)::bigint,
        sum(CASE a.normal_side WHEN 'C' THEN a.credits_pending ELSE a.debits_pending END - lapsed.incoming)::bigint
    FROM (SELECT DISTINCT u AS account FROM unnest(accounts) AS u) w
    JOIN LATERAL (
        SELECT * FROM ledger.account x WHERE w.account & 64 = 0 AND x.stripe = (w.account & 63)::smallint AND x.id = w.account
        UNION ALL
        SELECT x.* FROM generate_series(0, 63) AS s JOIN ledger.account x ON x.stripe = s AND x.id = ledger.sub_account(w.account, s)
        WHERE w.account & 64 <> 0
    ) a ON true
    CROSS JOIN LATERAL (
        SELECT CASE a.normal_side WHEN 'C' THEN h.d ELSE h.c END AS outgoing, CASE a.normal_side WHEN 'C' THEN h.c ELSE h.d END AS incoming
        FROM (
            SELECT CASE WHEN a.debits_pending = 0 THEN 0 ELSE (
                    SELECT coalesce(sum(units), 0) FROM ledger.hold
                    WHERE stripe = a.stripe AND debit = a.id AND state = 'held' AND expires_at <= p_now) END AS d,
                CASE WHEN a.credits_pending = 0 THEN 0 ELSE (
                    SELECT coalesce(sum(units), 0) FROM ledger.hold
                    WHERE stripe = ANY (ledger.stripes_of_credit(a.id)) AND credit = a.id AND state = 'held' AND expires_at <= p_now) END AS c
        ) h
    ) lapsed
    GROUP BY w.account
$$;

-- Transfers as their callers gave them: with the accounts behind clearing, and spread accounts whole.
CREATE FUNCTION ledger.whole_transfers(ids bigint[])
RETURNS TABLE (id bigint, debit bigint, credit bigint, units bigint, reference uuid)
LANGUAGE sql STABLE AS $$
    SELECT t.id, CASE WHEN w.debit & 64 = 0 THEN w.debit ELSE w.debit & ~63::bigint END,
        CASE WHEN w.credit & 64 = 0 THEN w.credit ELSE w.credit & ~63::bigint END, t.units, t.reference
    FROM unnest(ids) AS i (id)
    JOIN ledger.transfer t ON t.stripe = (i.id & 63)::smallint AND t.id = i.id AND t.part_of IS NULL
    JOIN ledger.asset s ON s.id = t.asset
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.debit & ~63::bigint = s.clearing THEN (SELECT min(p.debit) FROM ledger.transfer p
                WHERE p.stripe IN (SELECT n::smallint FROM generate_series(0, 63) AS n)
                    AND p.id > t.id AND p.id < ((t.id >> 23) + 1) << 23 AND p.part_of = t.id) ELSE t.debit END AS debit,
            CASE WHEN t.credit & ~63::bigint = s.clearing THEN (SELECT min(p.credit) FROM ledger.transfer p
                WHERE p.stripe IN (SELECT n::smallint FROM generate_series(0, 63) AS n)
                    AND p.id > t.id AND p.id < ((t.id >> 23) + 1) << 23 AND p.part_of = t.id) ELSE t.credit END AS credit
    ) w
$$;
