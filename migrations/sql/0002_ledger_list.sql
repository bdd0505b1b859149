-- Lists of transfers that stand or fall together: a constant number of statements whatever the length.

CREATE TYPE ledger.moved_account AS (
    account bigint, asset smallint, last_debit bigint, last_credit bigint, debit_total bigint, credit_total bigint,
    debit_count bigint, credit_count bigint, posted_at timestamptz, debit_latest timestamptz, credit_latest timestamptz
);

-- What a list adds to each of its accounts, in the order of ids. Volatile and ROWS 1 are for the planner: it must neither
-- take this apart nor start from the table of accounts, or accounts would be locked in another order.
CREATE FUNCTION ledger.sums_of(
    p_number bigint, home bigint, debits bigint[], credits bigint[], units bigint[], occurred timestamptz[], one_time timestamptz
)
RETURNS TABLE (
    account bigint, stripe smallint, debits bigint, credits bigint, last_debit bigint, last_credit bigint,
    debit_count bigint, credit_count bigint, debit_latest timestamptz, credit_latest timestamptz
)
LANGUAGE sql VOLATILE ROWS 1 AS $$
    SELECT s.account, (s.account & 63)::smallint, ledger.sum8(s.debits), ledger.sum8(s.credits),
        ledger.transfer_id(p_number, max(s.debit_place), s.account), ledger.transfer_id(p_number, max(s.credit_place), s.account),
        count(s.debit_place), count(s.credit_place), max(s.debit_time), max(s.credit_time)
    FROM (
        SELECT ledger.side(e.d, e.c, home) AS account, e.u AS debits, 0::bigint AS credits, e.place - 1 AS debit_place, NULL::bigint AS credit_place,
            coalesce(e.t, one_time) AS debit_time, NULL::timestamptz AS credit_time
        FROM unnest(debits, credits, units, occurred) WITH ORDINALITY AS e (d, c, u, t, place)
        UNION ALL
        SELECT ledger.side(e.c, e.d, home), 0, e.u, NULL, e.place - 1, NULL, coalesce(e.t, one_time)
        FROM unnest(debits, credits, units, occurred) WITH ORDINALITY AS e (d, c, u, t, place)
    ) s
    GROUP BY s.account
    ORDER BY s.account
$$;

-- Bring every account of a list forward by its sums, locked in the order of ids: the loop keeps the order of the sums, so
-- no second pass is needed to lock. Answers what each account was before. The domain of free may refuse.
CREATE FUNCTION ledger.move_accounts(
    p_number bigint, p_at timestamptz, home bigint, debits bigint[], credits bigint[], units bigint[], occurred timestamptz[],
    one_time timestamptz
) RETURNS SETOF ledger.moved_account
LANGUAGE sql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
    UPDATE ledger.account a
    SET debits_posted = a.debits_posted + p.debits,
        credits_posted = a.credits_posted + p.credits,
        last_debit = coalesce(p.last_debit, a.last_debit),
        last_credit = coalesce(p.last_credit, a.last_credit),
        debit_count = a.debit_count + p.debit_count,
        credit_count = a.credit_count + p.credit_count,
        posted_at = p_at,
        debit_latest = greatest(a.debit_latest, p.debit_latest),
        credit_latest = greatest(a.credit_latest, p.credit_latest),
        free = a.free + CASE a.normal_side WHEN 'C' THEN p.credits - p.debits ELSE p.debits - p.credits END
    FROM ledger.sums_of(p_number, home, debits, credits, units, occurred, one_time) p
    WHERE a.stripe = p.stripe AND a.id = p.account AND a.closed_at IS NULL
    RETURNING a.id, a.asset, old.last_debit, old.last_credit, old.debits_posted, old.credits_posted,
        old.debit_count, old.credit_count, old.posted_at, old.debit_latest, old.credit_latest
$$;

-- Every account that a list may touch: its sides and, where it is not plain, all sub-accounts that it may draw on or
-- pass through; in the order of ids.
CREATE FUNCTION ledger.touched_by(home bigint, plain boolean, debits bigint[], credits bigint[])
RETURNS TABLE (account bigint, stripe smallint)
LANGUAGE sql VOLATILE ROWS 1 AS $$
    SELECT t.account, (t.account & 63)::smallint
    FROM (
        SELECT ledger.side(e.d, e.c, home) AS account FROM unnest(debits, credits) AS e (d, c)
        UNION SELECT ledger.side(e.c, e.d, home) FROM unnest(debits, credits) AS e (d, c)
        UNION SELECT ledger.sub_account(f.first, s)
        FROM (SELECT DISTINCT e.d FROM unnest(debits) AS e (d)) w
        JOIN ledger.account a ON a.stripe = (w.d & 63)::smallint AND a.id = w.d
        JOIN ledger.asset x ON x.id = a.asset
        CROSS JOIN LATERAL (VALUES (x.clearing), (CASE WHEN w.d & 64 <> 0 THEN w.d END)) AS f (first)
        CROSS JOIN generate_series(0, 63) AS s
        WHERE NOT plain AND f.first IS NOT NULL
    ) t
    ORDER BY t.account
$$;

-- Lock all that a list may touch and answer the newest time that one of them was posted at.
CREATE FUNCTION ledger.lock_accounts(home bigint, plain boolean, debits bigint[], credits bigint[]) RETURNS timestamptz
LANGUAGE sql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
    SELECT max(l.posted_at) FROM (
        SELECT a.posted_at FROM ledger.touched_by(home, plain, debits, credits) t
        JOIN ledger.account a ON a.stripe = t.stripe AND a.id = t.account
        FOR NO KEY UPDATE OF a
    ) l
$$;

-- Post rows. Raises LD001 where a row does not fit its accounts or where another call took a later number and was quicker
-- to a lock (the order of ids would not be the order of posting), and whatever the floor says.
CREATE FUNCTION ledger.put_list(
    p_number bigint, p_at timestamptz, home bigint, debits bigint[], credits bigint[], units bigint[],
    occurred timestamptz[], kinds text[], refs uuid[], reversed bigint[], parts integer[], p_reason text
) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    rows_in bigint;
    one_kind text := CASE WHEN cardinality(kinds) = 1 THEN kinds[1] END;
    one_time timestamptz := CASE WHEN cardinality(occurred) = 1 THEN occurred[1] END;
    reverses_any boolean := cardinality(reversed) > 0;
    has_parts boolean := cardinality(parts) > 0;
BEGIN
    IF cardinality(debits) > 131072 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = 'a call posts at most 131,072 rows';
    END IF;
    INSERT INTO ledger.transfer (
        id, debit, credit, units, occurred_at, posted_at, debit_prev, credit_prev, debit_total, credit_total,
        debit_seq, credit_seq, debit_latest, credit_latest, stripe, asset, kind, reference, reverses, part_of, reason
    )
    WITH moved AS MATERIALIZED (
        SELECT * FROM ledger.move_accounts(p_number, p_at, home, debits, credits, units, occurred, one_time)
    )
    SELECT ledger.transfer_id(p_number, w.place, w.d), w.d, w.c, w.u, w.occurred_at, p_at,
        coalesce(ledger.transfer_id(p_number, w.debit_before, w.d), db.last_debit),
        coalesce(ledger.transfer_id(p_number, w.credit_before, w.c), cb.last_credit),
        db.debit_total + w.debit_sum, cb.credit_total + w.credit_sum,
        db.debit_count + w.debit_row, cb.credit_count + w.credit_row,
        greatest(db.debit_latest, w.debit_time), greatest(cb.credit_latest, w.credit_time),
        (w.d & 63)::smallint, CASE WHEN db.asset = cb.asset THEN db.asset END, w.kind, w.reference,
        CASE WHEN reverses_any THEN reversed[w.place + 1] END,
        CASE WHEN has_parts THEN ledger.transfer_id(p_number, parts[w.place + 1], debits[parts[w.place + 1] + 1]) END, p_reason
    FROM (
        SELECT r.*,
            lag(r.place) OVER by_debit AS debit_before, ledger.sum8(r.u) OVER by_debit AS debit_sum, row_number() OVER by_debit AS debit_row,
            max(r.occurred_at) OVER by_debit AS debit_time, max(r.occurred_at) OVER by_credit AS credit_time,
            lag(r.place) OVER by_credit AS credit_before, ledger.sum8(r.u) OVER by_credit AS credit_sum, row_number() OVER by_credit AS credit_row
        FROM (
            SELECT ledger.side(e.d, e.c, home) AS d, ledger.side(e.c, e.d, home) AS c, e.u, e.place - 1 AS place,
                coalesce(e.t, one_time) AS occurred_at, coalesce(e.k, one_kind) AS kind, e.ref AS reference
            FROM unnest(debits, credits, units, occurred, kinds, refs) WITH ORDINALITY AS e (d, c, u, t, k, ref, place)
        ) r
        WINDOW by_debit AS (PARTITION BY r.d ORDER BY r.place ROWS UNBOUNDED PRECEDING),
            by_credit AS (PARTITION BY r.c ORDER BY r.place ROWS UNBOUNDED PRECEDING)
    ) w
    JOIN moved db ON db.account = w.d
    JOIN moved cb ON cb.account = w.c
    WHERE greatest(db.last_debit, db.last_credit, cb.last_debit, cb.last_credit) < p_number << 23
        AND db.posted_at <= p_at AND cb.posted_at <= p_at AND w.d <> w.c AND w.d & 63 = w.c & 63
    ORDER BY w.d & 63, w.place;
    GET DIAGNOSTICS rows_in = ROW_COUNT;
    IF rows_in <> cardinality(debits) THEN
        RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'a transfer does not fit its accounts';
    END IF;
    PERFORM ledger.note_links(p_number, CASE
        WHEN rows_in < 64 THEN (SELECT array_agg(DISTINCT (ledger.side(e.d, e.c, home) & 63)::smallint) FROM unnest(debits, credits) AS e (d, c))
        ELSE (SELECT array_agg(s::smallint) FROM generate_series(0, 63) AS s) END);
    IF cardinality(reversed) > 0 THEN
        INSERT INTO ledger.reversal (transfer, by, stripe)
        SELECT e.r, ledger.transfer_id(p_number, e.place - 1, ledger.side(e.d, e.c, home)), (e.r & 63)::smallint
        FROM unnest(reversed, debits, credits) WITH ORDINALITY AS e (r, d, c, place) WHERE e.r IS NOT NULL ORDER BY e.r;
    END IF;
END $$;

-- Spell a list out where a transfer joins two stripes (through the clearing account of each) or draws on a spread account
-- that has a floor (from as many of its sub-accounts as it takes, the fullest first). Row i stays row i and ends at the
-- credit side; what it needs beside itself is added behind and names it as the row that it is part of.
CREATE FUNCTION ledger.spell_out(
    home bigint, INOUT debits bigint[], INOUT credits bigint[], INOUT units bigint[], INOUT occurred timestamptz[],
    INOUT kinds text[], INOUT refs uuid[], INOUT reversed bigint[], OUT parts integer[], OUT short boolean
)
LANGUAGE sql AS $$
    WITH item AS (
        SELECT e.place, e.u, e.t, e.k, e.ref, e.rev, ledger.side(e.d, e.c, home) AS d, ledger.side(e.c, e.d, home) AS c,
            (SELECT s.clearing FROM ledger.account a JOIN ledger.asset s ON s.id = a.asset
             WHERE a.stripe = (e.d & 63)::smallint AND a.id = e.d) AS clearing,
            e.d & 64 <> 0 AND (SELECT a.free IS NOT NULL AND a.normal_side = 'C' FROM ledger.account a
             WHERE a.stripe = (e.d & 63)::smallint AND a.id = e.d) AS drawn
        FROM unnest(debits, credits, units, occurred, kinds, refs, reversed) WITH ORDINALITY AS e (d, c, u, t, k, ref, rev, place)
    ), fund AS MATERIALIZED (
        SELECT a.id, a.id & ~63::bigint AS account, a.free::bigint,
            ledger.sum8(a.free) OVER (PARTITION BY a.id & ~63::bigint ORDER BY a.free DESC, a.id ROWS UNBOUNDED PRECEDING) - a.free AS below
        FROM (SELECT DISTINCT d & ~63::bigint AS account FROM item WHERE drawn) w
        CROSS JOIN generate_series(0, 63) AS s
        JOIN ledger.account a ON a.stripe = s AND a.id = ledger.sub_account(w.account, s)
        WHERE a.free > 0
    ), draw AS (
        SELECT i.*, d & ~63::bigint AS account,
            ledger.sum8(i.u) OVER (PARTITION BY d & ~63::bigint ORDER BY place ROWS UNBOUNDED PRECEDING) - i.u AS below
        FROM item i WHERE drawn
    ), spelt AS (
        SELECT place AS first, 0 AS part, CASE WHEN drawn THEN ledger.sub_account(clearing, c) ELSE d END AS d,
            CASE WHEN NOT drawn AND d & 63 <> c & 63 THEN ledger.sub_account(clearing, d) ELSE c END AS c, u, t, k, ref, rev
        FROM item
        UNION ALL
        SELECT place, 1, ledger.sub_account(clearing, c), c, u, t, k, ref, NULL FROM item WHERE NOT drawn AND d & 63 <> c & 63
        UNION ALL
        SELECT w.place, 1, f.id, ledger.sub_account(w.clearing, f.id), least(w.below + w.u, f.below + f.free) - greatest(w.below, f.below), w.t, w.k, w.ref, NULL
        FROM draw w JOIN fund f ON f.account = w.account AND f.below < w.below + w.u AND w.below < f.below + f.free
    )
    SELECT array_agg(d ORDER BY part, first, d), array_agg(c ORDER BY part, first, d), array_agg(u ORDER BY part, first, d),
        array_agg(coalesce(t, occurred[1]) ORDER BY part, first, d), array_agg(coalesce(k, kinds[1]) ORDER BY part, first, d),
        array_agg(ref ORDER BY part, first, d), array_agg(rev ORDER BY part, first, d),
        array_agg(CASE WHEN part > 0 THEN first - 1 END::integer ORDER BY part, first, d),
        (SELECT coalesce(sum(u), 0) FROM draw) > (SELECT coalesce(sum(s.u), 0) FROM spelt s JOIN draw w ON w.place = s.first AND s.part = 1)
    FROM spelt
$$;

-- Whether every row of a list stays in one stripe and draws on no spread account with a floor.
CREATE FUNCTION ledger.is_plain(debits bigint[], credits bigint[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(debits, credits) AS e (d, c) WHERE e.d & 64 = 0 AND e.c & 64 = 0 AND e.d & 63 <> e.c & 63)
        AND NOT EXISTS (
            SELECT FROM (SELECT DISTINCT d FROM unnest(debits) AS e (d) WHERE d & 64 <> 0) s
            JOIN ledger.account a ON a.stripe = (s.d & 63)::smallint AND a.id = s.d
            WHERE a.free IS NOT NULL AND a.normal_side = 'C'
        )
$$;

-- Post a list within a call that has its number: at once, or where that is refused once more with everything locked
-- first, expired holds ended, and a number and time of its own. Answers whether it was posted.
CREATE FUNCTION ledger.post_rows(
    INOUT p_number bigint, INOUT p_at timestamptz, p_now timestamptz, home bigint, debits bigint[], credits bigint[], units bigint[],
    occurred timestamptz[], kinds text[], refs uuid[], reversed bigint[], p_reason text, OUT posted boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    plain boolean := ledger.is_plain(debits, credits);
    latest timestamptz;
    l record;
BEGIN
    FOR attempt IN 1..2 LOOP
        IF attempt = 2 THEN
            PERFORM ledger.expire_on(debits || credits, p_now);
            latest := ledger.lock_accounts(home, plain, debits, credits);
            p_number := nextval('ledger.call_number');
            p_at := greatest(clock_timestamp(), latest);
        END IF;
        BEGIN
            IF plain THEN
                PERFORM ledger.put_list(p_number, p_at, home, debits, credits, units, occurred, kinds, refs, reversed, '{}', p_reason);
            ELSE
                SELECT s.* INTO l FROM ledger.spell_out(home, debits, credits, units, occurred, kinds, refs, reversed) s;
                IF l.short THEN
                    RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'the sub-accounts together have too little';
                END IF;
                PERFORM ledger.put_list(p_number, p_at, NULL, l.debits, l.credits, l.units, l.occurred, l.kinds, l.refs, l.reversed, l.parts, p_reason);
            END IF;
            posted := true;
            RETURN;
        EXCEPTION WHEN check_violation OR not_null_violation OR numeric_value_out_of_range OR unique_violation OR SQLSTATE 'LD001' THEN
            posted := false;
        END;
    END LOOP;
END $$;

-- Post a list under a request id. Answers posted, replayed, request_conflict or the code of the refusal with its facts;
-- a refusal leaves nothing behind, not even the request id.
CREATE FUNCTION ledger.post_list(
    p_request uuid, p_hash bytea, p_now timestamptz, debits bigint[], credits bigint[], units bigint[],
    occurred timestamptz[], kinds text[], refs uuid[],
    reversed bigint[] DEFAULT '{}', p_reason text DEFAULT NULL, p_operation text DEFAULT 'post',
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    request_stripe smallint := ledger.stripe_of(p_request);
    taken bigint := nextval('ledger.call_number');
    done record;
BEGIN
    number := taken;
    posted_at := clock_timestamp();
    INSERT INTO ledger.request (number, posted_at, items, stripe, id, input_hash, operation)
    VALUES (number, posted_at, cardinality(debits), request_stripe, p_request, p_hash, p_operation) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    done := ledger.post_rows(number, posted_at, p_now, request_stripe, debits, credits, units, occurred, kinds, refs, reversed, p_reason);
    IF NOT done.posted THEN
        DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
        SELECT f.code, f.facts INTO code, facts FROM ledger.refusal_of(debits, credits, units, reversed) f;
        number := NULL;
        posted_at := NULL;
        RETURN;
    END IF;
    code := 'posted';
    number := done.p_number;
    posted_at := done.p_at;
    IF number <> taken THEN
        UPDATE ledger.request r SET number = post_list.number, posted_at = post_list.posted_at
        WHERE r.stripe = request_stripe AND r.id = p_request;
    END IF;
END $$;
