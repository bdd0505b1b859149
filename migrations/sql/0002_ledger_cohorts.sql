-- Expiry by cohort, oldest first, without lot rows. The cohort of a credit is the instant at which it occurred.
--
-- Because the oldest units are spent first, what an account has are the youngest of the units credited to it. So what is
-- left of everything credited before an instant is what is available, less what was credited since:
--     left(end) = greatest(0, available - credited since end)
-- What gives units back is no new credit: a reversal and a transfer of the kind `refund` make the account as if those
-- units had not been spent, so they are as old as they were. A credit that was reversed was never credited.

-- What is due of the accounts of a purpose: one pass over the transfers of the asset. Only accounts that lie in one
-- stripe, keep their units on the credit side and are open can be due; p_only narrows the answer to some of them.
CREATE FUNCTION ledger.due_units(p_asset smallint, p_purpose text, p_end timestamptz, p_now timestamptz, p_only bigint[])
RETURNS TABLE (account bigint, units bigint)
LANGUAGE sql STABLE AS $$
    WITH since AS (
        SELECT t.stripe, t.credit, ledger.sum8(t.units) AS units
        FROM ledger.transfer t
        WHERE t.asset = p_asset AND t.occurred_at >= p_end AND t.credit & 64 = 0 AND t.kind NOT IN ('reversal', 'refund')
            AND NOT EXISTS (
                SELECT FROM ledger.reversal v
                JOIN ledger.transfer r ON r.stripe = (v.by & 63)::smallint AND r.id = v.by
                WHERE v.stripe = (coalesce(t.part_of, t.id) & 63)::smallint AND v.transfer = coalesce(t.part_of, t.id) AND r.debit = t.credit
                    AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.stripe = r.stripe AND x.transfer = r.id)
            )
        GROUP BY t.stripe, t.credit
    )
    SELECT a.id, f.free - coalesce(s.units, 0)
    FROM ledger.account_name n
    JOIN ledger.account a ON a.stripe = n.stripe AND a.id = n.account
    LEFT JOIN since s ON s.stripe = a.stripe AND s.credit = a.id
    CROSS JOIN LATERAL (
        SELECT a.credits_posted - a.debits_posted - a.debits_pending + CASE WHEN a.debits_pending = 0 THEN 0 ELSE (
            SELECT coalesce(sum(h.units), 0)::bigint FROM ledger.hold h
            WHERE h.stripe = a.stripe AND h.debit = a.id AND h.state = 'held' AND h.expires_at <= p_now) END AS free
    ) f
    WHERE n.asset = p_asset AND n.purpose = p_purpose AND n.account & 64 = 0 AND a.normal_side = 'C' AND a.closed_at IS NULL
        AND a.credits_posted > a.debits_posted AND f.free > coalesce(s.units, 0)
        AND (p_only IS NULL OR a.id = ANY (p_only))
$$;

-- Expire what is left of everything credited before p_end, of at most p_limit accounts, as one list of transfers. The
-- accounts are locked before their amounts are computed, so nothing younger expires because somebody spends just now.
CREATE FUNCTION ledger.expire_units(
    p_request uuid, p_hash bytea, p_now timestamptz, p_asset text, p_purpose text, p_end timestamptz, p_into bigint, p_limit bigint,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    kept smallint;
    due bigint[];
    amounts bigint[];
BEGIN
    IF EXISTS (SELECT FROM ledger.request r WHERE r.stripe = ledger.stripe_of(p_request) AND r.id = p_request) THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    SELECT s.id INTO kept FROM ledger.asset s WHERE s.code = p_asset;
    IF NOT FOUND THEN
        code := 'asset_unknown';
        facts := jsonb_build_object('asset', p_asset);
        RETURN;
    END IF;
    SELECT array_agg(d.account) INTO due
    FROM (SELECT u.account FROM ledger.due_units(kept, p_purpose, p_end, p_now, NULL) u ORDER BY u.account LIMIT p_limit) d;
    PERFORM FROM ledger.account a
    JOIN (SELECT d AS id FROM unnest(due) AS d UNION SELECT ledger.side(p_into, d, d & 63) FROM unnest(due) AS d) w
        ON a.stripe = (w.id & 63)::smallint AND a.id = w.id
    ORDER BY a.id FOR UPDATE OF a;
    SELECT coalesce(array_agg(u.account ORDER BY u.account), '{}'), coalesce(array_agg(u.units ORDER BY u.account), '{}') INTO due, amounts
    FROM ledger.due_units(kept, p_purpose, p_end, p_now, coalesce(due, '{}')) u;
    SELECT l.code, l.number, l.posted_at, l.facts INTO code, number, posted_at, facts
    FROM ledger.post_list(
        p_request, p_hash, p_now, due, array_fill(p_into, ARRAY[cardinality(due)]), amounts, ARRAY[p_now], ARRAY['expiry'], '{}',
        p_operation => 'expire'
    ) l;
END $$;

-- The same of single accounts: back along their credits, until enough were seen or nothing further back is young enough.
CREATE FUNCTION ledger.credited_since(p_account bigint, p_head bigint, p_end timestamptz, p_enough bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    link bigint := p_head;
    seen bigint := 0;
    t record;
BEGIN
    WHILE link <> 0 AND seen < p_enough LOOP
        SELECT x.units, x.credit_prev, x.credit_latest, x.occurred_at, x.kind, coalesce(x.part_of, x.id) AS whole INTO STRICT t
        FROM ledger.transfer x WHERE x.stripe = (link & 63)::smallint AND x.id = link;
        EXIT WHEN t.credit_latest < p_end;
        IF t.occurred_at >= p_end AND t.kind NOT IN ('reversal', 'refund') AND NOT EXISTS (
            SELECT FROM ledger.reversal v
            JOIN ledger.transfer r ON r.stripe = (v.by & 63)::smallint AND r.id = v.by
            WHERE v.stripe = (t.whole & 63)::smallint AND v.transfer = t.whole AND r.debit = p_account
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.stripe = r.stripe AND x.transfer = r.id)
        ) THEN
            seen := seen + t.units;
        END IF;
        link := t.credit_prev;
    END LOOP;
    RETURN seen;
END $$;

CREATE FUNCTION ledger.units_before(accounts bigint[], p_end timestamptz, p_now timestamptz) RETURNS TABLE (account bigint, units bigint)
LANGUAGE sql STABLE AS $$
    SELECT b.account, CASE WHEN b.account & 64 <> 0 OR a.normal_side <> 'C' OR b.available <= 0 THEN 0 ELSE
        greatest(0, b.available - ledger.credited_since(b.account, a.last_credit, p_end, b.available)) END
    FROM ledger.balances_of(accounts, p_now) b
    JOIN ledger.account a ON a.stripe = (b.account & 63)::smallint AND a.id = b.account
$$;

REVOKE ALL ON FUNCTION
    ledger.due_units(smallint, text, timestamptz, timestamptz, bigint[]),
    ledger.expire_units(uuid, bytea, timestamptz, text, text, timestamptz, bigint, bigint),
    ledger.credited_since(bigint, bigint, timestamptz, bigint),
    ledger.units_before(bigint[], timestamptz, timestamptz)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger.expire_units(uuid, bytea, timestamptz, text, text, timestamptz, bigint, bigint),
    ledger.credited_since(bigint, bigint, timestamptz, bigint),
    ledger.units_before(bigint[], timestamptz, timestamptz)
TO puhui_app;
