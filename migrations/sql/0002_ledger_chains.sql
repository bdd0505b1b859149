-- Statements and balances of any instant. Each account's debits and its credits are a chain, newest first, with running
-- totals; every 16th link is noted in ledger.link. So a place in a chain is found by one index look-up and a few steps back,
-- however long the history is. A place is (p_at, p_id) in one of two orders: 'posted' (posted_at, id) or 'occurred'. Along
-- a chain posted_at and the latest occurred_at so far both grow; what came late stands in ledger.late and is added.

-- The sub-accounts of an account: all 64 of a spread one, else itself.
CREATE FUNCTION ledger.parts_of(p_account bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_account & 64 = 0 THEN ARRAY[p_account]
    ELSE (SELECT array_agg(ledger.sub_account(p_account, s)) FROM generate_series(0, 63) AS s) END;

-- The last links before a place, one row per sub-account and chain, with the total and the number of transfers up to there.
CREATE FUNCTION ledger.links_of(p_accounts bigint[], p_place text, p_at timestamptz, p_id bigint)
RETURNS TABLE (account bigint, debits boolean, link bigint, total bigint, transfers bigint)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    WITH RECURSIVE walk AS (
        SELECT a.stripe, a.id AS account, s.debits, CASE WHEN s.head = 0 THEN 0 ELSE coalesce(CASE p_place
            WHEN 'posted' THEN (
                SELECT x.id FROM ledger.link x
                WHERE x.stripe = a.stripe AND x.account = a.id AND x.debits = s.debits AND (x.posted_at, x.id) >= (p_at, p_id)
                ORDER BY x.posted_at, x.id LIMIT 1)
            ELSE (
                SELECT x.id FROM ledger.link x
                WHERE x.stripe = a.stripe AND x.account = a.id AND x.debits = s.debits AND (x.latest, x.id) >= (p_at, p_id)
                ORDER BY x.latest, x.id LIMIT 1)
            END, s.head) END AS link
        FROM unnest(p_accounts) AS p (id)
        JOIN ledger.account a ON a.stripe = (p.id & 63)::smallint AND a.id = p.id
        CROSS JOIN LATERAL (VALUES (true, a.last_debit), (false, a.last_credit)) AS s (debits, head)
        UNION ALL
        SELECT w.stripe, w.account, w.debits, CASE WHEN w.debits THEN t.debit_prev ELSE t.credit_prev END
        FROM walk w
        JOIN ledger.transfer t ON t.stripe = w.stripe AND t.id = w.link
        WHERE CASE WHEN p_place = 'posted' THEN (t.posted_at, t.id) >= (p_at, p_id)
            WHEN w.debits THEN (t.debit_latest, t.id) >= (p_at, p_id)
            ELSE (t.credit_latest, t.id) >= (p_at, p_id) END
    )
    SELECT f.account, f.debits, f.link,
        coalesce(CASE WHEN f.debits THEN t.debit_total ELSE t.credit_total END, 0) + coalesce(l.units, 0),
        coalesce(CASE WHEN f.debits THEN t.debit_seq ELSE t.credit_seq END, 0) + coalesce(l.transfers, 0)
    FROM (SELECT w.stripe, w.account, w.debits, min(w.link) AS link FROM walk w GROUP BY w.stripe, w.account, w.debits) f
    LEFT JOIN ledger.transfer t ON t.stripe = f.stripe AND t.id = f.link
    LEFT JOIN LATERAL (
        SELECT ledger.sum8(x.units) AS units, count(*) AS transfers FROM ledger.late x
        WHERE p_place = 'occurred' AND x.stripe = f.stripe AND x.account = f.account AND x.debits = f.debits AND x.id > f.link
            AND (x.occurred_at, x.id) < (p_at, p_id)
    ) l ON true
$$;

-- An account's balance on its normal side before a place. Planning takes longer than reading, so plans are kept.
CREATE FUNCTION ledger.balance_at(p_account bigint, p_place text, p_at timestamptz, p_id bigint) RETURNS bigint
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
    SELECT CASE a.normal_side WHEN 'C' THEN 1 ELSE -1 END * (
        SELECT ledger.sum8(CASE WHEN l.debits THEN -l.total ELSE l.total END)
        FROM ledger.links_of(ledger.parts_of(p_account), p_place, p_at, p_id) l)
    FROM ledger.account a WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account
$$;

-- The newest transfers before a place, in the order of posting: two chains, walked together.
CREATE FUNCTION ledger.posted_pair(p_account bigint, p_debit bigint, p_credit bigint, p_since timestamptz, p_limit integer)
RETURNS TABLE (debits boolean, t ledger.transfer)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    WITH RECURSIVE page AS (
        SELECT 1 AS n, x.debit = p_account AS debits, x AS t, p_debit AS debit, p_credit AS credit
        FROM ledger.transfer x
        WHERE x.stripe = (p_account & 63)::smallint AND x.id = greatest(p_debit, p_credit) AND x.posted_at >= p_since
        UNION ALL
        SELECT p.n + 1, x.debit = p_account, x, h.debit, h.credit
        FROM page p
        CROSS JOIN LATERAL (SELECT CASE WHEN p.debits THEN (p.t).debit_prev ELSE p.debit END AS debit,
            CASE WHEN p.debits THEN p.credit ELSE (p.t).credit_prev END AS credit) h
        JOIN ledger.transfer x ON x.stripe = (p_account & 63)::smallint AND x.id = greatest(h.debit, h.credit)
        WHERE p.n < p_limit AND x.posted_at >= p_since
    )
    SELECT p.debits, p.t FROM page p ORDER BY p.n
$$;

-- The same of a spread account, whose chains are 128: the newest of their heads, again and again.
CREATE FUNCTION ledger.posted_spread(p_debits bigint[], p_credits bigint[], p_since timestamptz, p_limit integer)
RETURNS TABLE (debits boolean, t ledger.transfer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    newest_debit bigint;
    newest_credit bigint;
    newest bigint;
BEGIN
    FOR i IN 1..p_limit LOOP
        SELECT max(l) INTO newest_debit FROM unnest(p_debits) AS l;
        SELECT max(l) INTO newest_credit FROM unnest(p_credits) AS l;
        newest := greatest(newest_debit, newest_credit);
        EXIT WHEN newest = 0;
        SELECT * INTO STRICT t FROM ledger.transfer x WHERE x.stripe = (newest & 63)::smallint AND x.id = newest;
        EXIT WHEN t.posted_at < p_since;
        debits := newest_debit > newest_credit;
        IF debits THEN
            p_debits := array_replace(p_debits, newest, t.debit_prev);
        ELSE
            p_credits := array_replace(p_credits, newest, t.credit_prev);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- The newest transfers before a place, in the order of occurrence: of each chain as many as a page may need of what came in
-- time (along a chain that is in the order of occurrence) and of what came late, then the newest of all these.
CREATE FUNCTION ledger.occurred_rows(p_links ledger.place[], p_at timestamptz, p_id bigint, p_since timestamptz, p_limit integer)
RETURNS TABLE (debits boolean, t ledger.transfer)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    WITH RECURSIVE head AS MATERIALIZED (
        SELECT l.account, (l.account & 63)::smallint AS stripe, l.debits, l.link FROM unnest(p_links) AS l
    ), walk AS (
        SELECT h.debits, x AS t, x.occurred_at >= CASE WHEN h.debits THEN x.debit_latest ELSE x.credit_latest END AS in_time, 1 AS n
        FROM head h JOIN ledger.transfer x ON x.stripe = h.stripe AND x.id = h.link
        UNION ALL
        SELECT w.debits, x, l.in_time, w.n + l.in_time::integer
        FROM walk w
        JOIN ledger.transfer x ON x.stripe = (w.t).stripe AND x.id = CASE WHEN w.debits THEN (w.t).debit_prev ELSE (w.t).credit_prev END
        CROSS JOIN LATERAL (SELECT y.latest, x.occurred_at >= y.latest AS in_time
            FROM (SELECT CASE WHEN w.debits THEN x.debit_latest ELSE x.credit_latest END AS latest) y) l
        WHERE w.n <= p_limit AND l.latest >= p_since
    ), found AS (
        SELECT w.debits, w.t FROM walk w WHERE w.in_time
        UNION ALL
        SELECT h.debits, x
        FROM head h
        CROSS JOIN LATERAL (
            SELECT y.id FROM ledger.late y
            WHERE y.stripe = h.stripe AND y.account = h.account AND y.debits = h.debits AND (y.occurred_at, y.id) < (p_at, p_id)
            ORDER BY y.occurred_at DESC, y.id DESC LIMIT p_limit
        ) l
        JOIN ledger.transfer x ON x.stripe = h.stripe AND x.id = l.id
    )
    SELECT f.debits, f.t FROM found f
    WHERE (f.t).occurred_at >= p_since
    ORDER BY (f.t).occurred_at DESC, (f.t).id DESC LIMIT p_limit
$$;

-- A page of an account's transfers from a place back to p_since, newest first, with the balance after each: counted on from
-- the totals that the chains carry.
CREATE FUNCTION ledger.statement_page(p_account bigint, p_place text, p_at timestamptz, p_id bigint, p_since timestamptz, p_limit integer)
RETURNS TABLE (
    id bigint, change bigint, balance bigint, other bigint, kind text, reference uuid,
    occurred_at timestamptz, posted_at timestamptz, reverses bigint, reason text
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    sign integer;
    found ledger.place[];
    row_of record;
BEGIN
    SELECT CASE a.normal_side WHEN 'C' THEN 1 ELSE -1 END INTO sign FROM ledger.account a
    WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account;
    SELECT sign * ledger.sum8(CASE WHEN l.debits THEN -l.total ELSE l.total END), array_agg((l.account, l.debits, l.link)::ledger.place)
    INTO balance, found FROM ledger.links_of(ledger.parts_of(p_account), p_place, p_at, p_id) l;
    FOR row_of IN
        SELECT r.debits, (r.t).* FROM ledger.occurred_rows(found, p_at, p_id, p_since, p_limit) r WHERE p_place = 'occurred'
        UNION ALL
        SELECT r.debits, (r.t).* FROM ledger.posted_pair(p_account, (SELECT max(f.link) FILTER (WHERE f.debits) FROM unnest(found) AS f),
            (SELECT max(f.link) FILTER (WHERE NOT f.debits) FROM unnest(found) AS f), p_since, p_limit) r
        WHERE p_place = 'posted' AND p_account & 64 = 0
        UNION ALL
        SELECT r.debits, (r.t).* FROM ledger.posted_spread((SELECT array_agg(f.link) FILTER (WHERE f.debits) FROM unnest(found) AS f),
            (SELECT array_agg(f.link) FILTER (WHERE NOT f.debits) FROM unnest(found) AS f), p_since, p_limit) r
        WHERE p_place = 'posted' AND p_account & 64 <> 0
    LOOP
        id := row_of.id;
        change := CASE WHEN row_of.debits THEN -sign ELSE sign END * row_of.units;
        other := CASE WHEN row_of.debits THEN row_of.credit ELSE row_of.debit END;
        kind := row_of.kind;
        reference := row_of.reference;
        occurred_at := row_of.occurred_at;
        posted_at := row_of.posted_at;
        reverses := row_of.reverses;
        reason := row_of.reason;
        RETURN NEXT;
        balance := balance - change;
    END LOOP;
END $$;
