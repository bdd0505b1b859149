-- Reading: balances and statements. Nothing here depends on how long an account's history is.

-- Balances on the normal side, a spread account as one. A hold past its time at p_now counts no more.
CREATE FUNCTION ledger.balances_of(accounts bigint[], p_now timestamptz)
RETURNS TABLE (account bigint, posted bigint, pending bigint, available bigint, incoming bigint)
LANGUAGE sql STABLE AS $$
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

-- The newest link of a debit chain below p_before: from the next indexed link above it, back at most 64 steps.
CREATE FUNCTION ledger.debit_before(p_stripe smallint, p_account bigint, p_head bigint, p_before bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    link bigint;
BEGIN
    SELECT t.id INTO link FROM ledger.transfer t
    WHERE t.stripe = p_stripe AND t.debit = p_account AND t.id >= p_before AND t.debit_seq & 63 = 0
    ORDER BY t.id LIMIT 1;
    link := coalesce(link, p_head);
    WHILE link >= p_before LOOP
        SELECT t.debit_prev INTO STRICT link FROM ledger.transfer t WHERE t.stripe = p_stripe AND t.id = link;
    END LOOP;
    RETURN link;
END $$;

CREATE FUNCTION ledger.credit_before(p_stripe smallint, p_account bigint, p_head bigint, p_before bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    link bigint;
BEGIN
    SELECT t.id INTO link FROM ledger.transfer t
    WHERE t.stripe = p_stripe AND t.credit = p_account AND t.id >= p_before AND t.credit_seq & 63 = 0
    ORDER BY t.id LIMIT 1;
    link := coalesce(link, p_head);
    WHILE link >= p_before LOOP
        SELECT t.credit_prev INTO STRICT link FROM ledger.transfer t WHERE t.stripe = p_stripe AND t.id = link;
    END LOOP;
    RETURN link;
END $$;

-- The links of an account's chains, one row per sub-account and chain, as they stood before transfer p_before (NULL: now).
CREATE FUNCTION ledger.links_of(p_account bigint, p_before bigint)
RETURNS TABLE (link bigint, debits boolean, total bigint)
LANGUAGE sql STABLE AS $$
    SELECT f.link, s.debits, coalesce((
        SELECT CASE WHEN s.debits THEN t.debit_total ELSE t.credit_total END
        FROM ledger.transfer t WHERE t.stripe = a.stripe AND t.id = f.link), 0)
    FROM (
        SELECT x.* FROM ledger.account x WHERE p_account & 64 = 0 AND x.stripe = (p_account & 63)::smallint AND x.id = p_account
        UNION ALL
        SELECT x.* FROM generate_series(0, 63) AS s JOIN ledger.account x ON x.stripe = s AND x.id = ledger.sub_account(p_account, s)
        WHERE p_account & 64 <> 0
    ) a
    CROSS JOIN (VALUES (true), (false)) AS s (debits)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN p_before IS NULL THEN CASE WHEN s.debits THEN a.last_debit ELSE a.last_credit END
        WHEN s.debits THEN ledger.debit_before(a.stripe, a.id, a.last_debit, p_before)
        ELSE ledger.credit_before(a.stripe, a.id, a.last_credit, p_before)
    END AS link) f
$$;

-- A page of an account's transfers before a place, newest first, by walking the chains; the balance after each is
-- counted on from the totals that the chains carry.
CREATE FUNCTION ledger.statement_page(p_account bigint, p_before bigint, p_limit integer)
RETURNS TABLE (
    id bigint, change bigint, balance bigint, other bigint, kind text, reference uuid,
    occurred_at timestamptz, posted_at timestamptz, reverses bigint, reason text
)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    sign integer;
    debit_links bigint[];
    credit_links bigint[];
    newest_debit bigint;
    newest_credit bigint;
    t ledger.transfer;
BEGIN
    SELECT CASE a.normal_side WHEN 'C' THEN 1 ELSE -1 END INTO sign FROM ledger.account a
    WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account;
    SELECT sign * sum(CASE WHEN l.debits THEN -l.total ELSE l.total END), array_agg(l.link) FILTER (WHERE l.debits), array_agg(l.link) FILTER (WHERE NOT l.debits)
    INTO balance, debit_links, credit_links FROM ledger.links_of(p_account, p_before) l;
    FOR i IN 1..p_limit LOOP
        SELECT max(l) INTO newest_debit FROM unnest(debit_links) AS l;
        SELECT max(l) INTO newest_credit FROM unnest(credit_links) AS l;
        EXIT WHEN coalesce(greatest(newest_debit, newest_credit), 0) = 0;
        SELECT * INTO STRICT t FROM ledger.transfer x
        WHERE x.stripe = (greatest(newest_debit, newest_credit) & 63)::smallint AND x.id = greatest(newest_debit, newest_credit);
        IF newest_debit > newest_credit THEN
            debit_links := array_replace(debit_links, t.id, t.debit_prev);
            change := -sign * t.units;
            other := t.credit;
        ELSE
            credit_links := array_replace(credit_links, t.id, t.credit_prev);
            change := sign * t.units;
            other := t.debit;
        END IF;
        id := t.id;
        kind := t.kind;
        reference := t.reference;
        occurred_at := t.occurred_at;
        posted_at := t.posted_at;
        reverses := t.reverses;
        reason := t.reason;
        RETURN NEXT;
        balance := balance - change;
    END LOOP;
END $$;

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
                WHERE p.part_of = t.id AND p.stripe IN (SELECT n::smallint FROM generate_series(0, 63) AS n)) ELSE t.debit END AS debit,
            CASE WHEN t.credit & ~63::bigint = s.clearing THEN (SELECT min(p.credit) FROM ledger.transfer p
                WHERE p.part_of = t.id AND p.stripe IN (SELECT n::smallint FROM generate_series(0, 63) AS n)) ELSE t.credit END AS credit
    ) w
$$;
