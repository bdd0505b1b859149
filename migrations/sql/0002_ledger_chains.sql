-- Statements and balances of any instant. Each account's debits and its credits are a chain, newest first, with running
-- totals; every 16th link is noted in ledger.link. So a place in a chain is found by one index look-up and a few steps back,
-- however long the history is. A place is (p_at, p_id) in one of two orders: 'posted' (posted_at, id) or 'occurred'. Along
-- a chain posted_at and the latest occurred_at so far both grow; what came late stands in ledger.late and is added.

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

-- The newest transfers before a place, in the order of posting: the newest head of the chains (2, or 128 of a spread account),
-- then again with the link behind it as the head.
CREATE FUNCTION ledger.posted_rows(p_account bigint, p_heads bigint[], p_since timestamptz, p_limit integer)
RETURNS TABLE (debits boolean, t ledger.transfer)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    WITH RECURSIVE page AS (
        SELECT 1 AS n, ledger.whole_account(x.debit) = p_account AS debits, x AS t, p_heads AS heads
        FROM (SELECT max(h) AS id FROM unnest(p_heads) AS h) newest
        JOIN ledger.transfer x ON x.stripe = (newest.id & 63)::smallint AND x.id = newest.id
        WHERE x.posted_at >= p_since
        UNION ALL
        SELECT p.n + 1, ledger.whole_account(x.debit) = p_account, x, behind.heads
        FROM page p
        CROSS JOIN LATERAL (
            SELECT array_replace(p.heads, (p.t).id, CASE WHEN p.debits THEN (p.t).debit_prev ELSE (p.t).credit_prev END) AS heads
        ) behind
        CROSS JOIN LATERAL (SELECT max(h) AS id FROM unnest(behind.heads) AS h) newest
        JOIN ledger.transfer x ON x.stripe = (newest.id & 63)::smallint AND x.id = newest.id
        WHERE p.n < p_limit AND x.posted_at >= p_since
    )
    SELECT p.debits, p.t FROM page p ORDER BY p.n
$$;

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
        SELECT r.debits, (r.t).* FROM ledger.posted_rows(p_account, (SELECT array_agg(f.link) FROM unnest(found) AS f), p_since, p_limit) r
        WHERE p_place = 'posted'
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
