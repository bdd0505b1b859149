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

-- What moved in a period, by owner, purpose and asset: what each account's chains had carried at its end, less what they had
-- at its beginning. So it reads two places of each chain, however much was moved.
CREATE FUNCTION ledger.totals_of(
    p_owners uuid[], p_purposes text[], p_assets text[], p_since timestamptz, p_until timestamptz, p_place text
)
RETURNS TABLE (owner uuid, purpose text, asset text, debits bigint, credits bigint, transfers bigint)
LANGUAGE sql STABLE AS $$
    WITH wanted AS MATERIALIZED (
        SELECT n.owner, n.purpose, s.code, a.id
        FROM ledger.account_name n
        JOIN ledger.asset s ON s.id = n.asset
        CROSS JOIN LATERAL unnest(ledger.parts_of(n.account)) AS part (id)
        JOIN ledger.account a ON a.stripe = (part.id & 63)::smallint AND a.id = part.id
        WHERE (p_owners IS NULL OR n.owner = ANY (p_owners)) AND (p_purposes IS NULL OR n.purpose = ANY (p_purposes))
            AND (p_assets IS NULL OR s.code = ANY (p_assets))
            AND CASE p_place WHEN 'posted' THEN a.posted_at ELSE greatest(a.debit_latest, a.credit_latest) END >= p_since
    ), parts AS MATERIALIZED (
        SELECT array_agg(w.id) AS ids FROM wanted w
    )
    SELECT w.owner, w.purpose, w.code, coalesce(ledger.sum8(m.units) FILTER (WHERE m.debits), 0),
        coalesce(ledger.sum8(m.units) FILTER (WHERE NOT m.debits), 0), ledger.sum8(m.transfers)
    FROM wanted w
    JOIN (
        SELECT u.account, u.debits, u.total - b.total AS units, u.transfers - b.transfers AS transfers
        FROM ledger.links_of((SELECT ids FROM parts), p_place, p_until, 0) u
        JOIN ledger.links_of((SELECT ids FROM parts), p_place, p_since, 0) b USING (account, debits)
        WHERE u.transfers > b.transfers
    ) m ON m.account = w.id
    GROUP BY w.owner, w.purpose, w.code
    ORDER BY w.owner, w.purpose, w.code
$$;
