-- Lists of transfers that stand or fall together: a constant number of statements whatever the length.

CREATE TYPE ledger.moved_account AS (
    account bigint, asset smallint, last_debit bigint, last_credit bigint, debit_total bigint, credit_total bigint,
    debit_count bigint, credit_count bigint, posted_at timestamptz
);

-- Bring every account of a list forward by its sums, in the order of ids (the nested loop keeps the order of the sorted
-- set; so no second pass is needed to lock). Answers what each account was before. The CHECK named floor may refuse.
CREATE FUNCTION ledger.move_accounts(
    p_number bigint, p_at timestamptz, home bigint, debits bigint[], credits bigint[], units bigint[]
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
        posted_at = p_at
    FROM (
        SELECT s.account, (s.account & 63)::smallint AS stripe, ledger.sum8(s.debits) AS debits, ledger.sum8(s.credits) AS credits,
            ledger.transfer_id(p_number, max(s.debit_place), s.account) AS last_debit,
            ledger.transfer_id(p_number, max(s.credit_place), s.account) AS last_credit,
            count(s.debit_place) AS debit_count, count(s.credit_place) AS credit_count
        FROM (
            SELECT ledger.side(e.d, e.c, home) AS account,
                e.u AS debits, 0::bigint AS credits, e.place - 1 AS debit_place, NULL::bigint AS credit_place
            FROM unnest(debits, credits, units) WITH ORDINALITY AS e (d, c, u, place)
            UNION ALL
            SELECT ledger.side(e.c, e.d, home),
                0, e.u, NULL, e.place - 1
            FROM unnest(debits, credits, units) WITH ORDINALITY AS e (d, c, u, place)
        ) s
        GROUP BY s.account
        ORDER BY s.account
        OFFSET 0
    ) p
    WHERE a.stripe = p.stripe AND a.id = p.account AND a.closed_at IS NULL
    RETURNING a.id, a.asset, old.last_debit, old.last_credit, old.debits_posted, old.credits_posted,
        old.debit_count, old.credit_count, old.posted_at
$$;

-- Post rows under a number that was taken before the locks; answers the number and time that they got. Raises LD001
-- where a row did not fit its accounts, and whatever the floor says. Rows beyond `items` are parts of earlier ones.
CREATE FUNCTION ledger.put_list(
    INOUT p_number bigint, INOUT p_at timestamptz, home bigint, debits bigint[], credits bigint[], units bigint[],
    occurred timestamptz[], kinds text[], refs uuid[], reversed bigint[], parts integer[], p_reason text
)
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    before ledger.moved_account[];
    newest bigint;
    latest timestamptz;
    shift bigint;
    rows_in bigint;
    one_kind text := CASE WHEN cardinality(kinds) = 1 THEN kinds[1] END;
    one_time timestamptz := CASE WHEN cardinality(occurred) = 1 THEN occurred[1] END;
BEGIN
    SELECT array_agg(m), max(greatest(m.last_debit, m.last_credit)), max(m.posted_at)
    INTO before, newest, latest
    FROM ledger.move_accounts(p_number, p_at, home, debits, credits, units) m;
    IF newest >> 23 >= p_number OR latest > p_at THEN
        -- Another call took a later number and was quicker to a lock: take a number again, now under all locks.
        shift := nextval('ledger.call_number') - p_number;
        p_at := greatest(clock_timestamp(), latest);
        UPDATE ledger.account a
        SET last_debit = a.last_debit + CASE WHEN a.last_debit >> 23 = p_number THEN (shift << 23) ELSE 0 END,
            last_credit = a.last_credit + CASE WHEN a.last_credit >> 23 = p_number THEN (shift << 23) ELSE 0 END,
            posted_at = p_at
        FROM unnest(before) b WHERE a.stripe = (b.account & 63)::smallint AND a.id = b.account;
        p_number := p_number + shift;
    END IF;
    INSERT INTO ledger.transfer (
        id, debit, credit, units, occurred_at, posted_at, debit_prev, credit_prev, debit_total, credit_total,
        debit_seq, credit_seq, stripe, asset, kind, reference, reverses, part_of, reason
    )
    SELECT ledger.transfer_id(p_number, w.place, w.d), w.d, w.c, w.u, w.occurred_at, p_at,
        coalesce(ledger.transfer_id(p_number, w.debit_before, w.d), db.last_debit),
        coalesce(ledger.transfer_id(p_number, w.credit_before, w.c), cb.last_credit),
        db.debit_total + w.debit_sum, cb.credit_total + w.credit_sum,
        db.debit_count + w.debit_row, cb.credit_count + w.credit_row,
        (w.d & 63)::smallint, CASE WHEN db.asset = cb.asset THEN db.asset END, w.kind, w.reference, w.reverses,
        ledger.transfer_id(p_number, w.part, debits[w.part + 1]), p_reason
    FROM (
        SELECT r.*,
            lag(r.place) OVER by_debit AS debit_before, ledger.sum8(r.u) OVER by_debit AS debit_sum, row_number() OVER by_debit AS debit_row,
            lag(r.place) OVER by_credit AS credit_before, ledger.sum8(r.u) OVER by_credit AS credit_sum, row_number() OVER by_credit AS credit_row
        FROM (
            SELECT ledger.side(e.d, e.c, home) AS d,
                ledger.side(e.c, e.d, home) AS c,
                e.u, coalesce(e.t, one_time) AS occurred_at, coalesce(e.k, one_kind) AS kind, e.ref AS reference, e.rev AS reverses, e.part::bigint AS part,
                e.place - 1 AS place
            FROM unnest(debits, credits, units, occurred, kinds, refs, reversed, parts) WITH ORDINALITY
                AS e (d, c, u, t, k, ref, rev, part, place)
        ) r
        WINDOW by_debit AS (PARTITION BY r.d ORDER BY r.place ROWS UNBOUNDED PRECEDING),
            by_credit AS (PARTITION BY r.c ORDER BY r.place ROWS UNBOUNDED PRECEDING)
    ) w
    JOIN unnest(before) db ON db.account = w.d
    JOIN unnest(before) cb ON cb.account = w.c
    ORDER BY w.d & 63, w.place;
    GET DIAGNOSTICS rows_in = ROW_COUNT;
    IF rows_in <> cardinality(debits) THEN
        RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'a transfer does not fit its accounts';
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
            e.d & 64 <> 0 AND (SELECT a.floor AND a.normal_side = 'C' FROM ledger.account a
             WHERE a.stripe = (e.d & 63)::smallint AND a.id = e.d) AS drawn
        FROM unnest(debits, credits, units, occurred, kinds, refs, reversed) WITH ORDINALITY AS e (d, c, u, t, k, ref, rev, place)
    ), fund AS MATERIALIZED (
        SELECT a.id, a.id & ~63::bigint AS account, f.free,
            ledger.sum8(f.free) OVER (PARTITION BY a.id & ~63::bigint ORDER BY f.free DESC, a.id ROWS UNBOUNDED PRECEDING) - f.free AS below
        FROM (SELECT DISTINCT d & ~63::bigint AS account FROM item WHERE drawn) w
        CROSS JOIN generate_series(0, 63) AS s
        JOIN ledger.account a ON a.stripe = s AND a.id = ledger.sub_account(w.account, s)
        CROSS JOIN LATERAL (SELECT a.credits_posted - a.debits_posted - a.debits_pending AS free) f
        WHERE f.free > 0
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

-- Post a list under a request id. Answers posted, replayed, request_conflict or the code of the refusal with its facts;
-- a refusal leaves nothing behind, not even the request id.
CREATE FUNCTION ledger.post_list(
    p_request uuid, p_hash bytea, p_now timestamptz, debits bigint[], credits bigint[], units bigint[],
    occurred timestamptz[], kinds text[], refs uuid[],
    reversed bigint[] DEFAULT '{}', p_reason text DEFAULT NULL,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    request_stripe smallint := ledger.stripe_of(p_request);
    taken bigint := nextval('ledger.call_number');
    placed bigint;
    refused boolean := false;
    l record;
BEGIN
    number := taken;
    posted_at := clock_timestamp();
    INSERT INTO ledger.request (number, posted_at, items, stripe, id, input_hash)
    VALUES (number, posted_at, cardinality(debits), request_stripe, p_request, p_hash) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    FOR attempt IN 1..2 LOOP
        BEGIN
            IF ledger.is_plain(debits, credits) THEN
                SELECT p.p_number, p.p_at INTO number, posted_at FROM ledger.put_list(
                    number, posted_at, request_stripe, debits, credits, units, occurred, kinds, refs, reversed, '{}', p_reason) p;
            ELSE
                SELECT s.* INTO l FROM ledger.spell_out(request_stripe, debits, credits, units, occurred, kinds, refs, reversed) s;
                IF l.short THEN
                    RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'the sub-accounts together have too little';
                END IF;
                SELECT p.p_number, p.p_at INTO number, posted_at FROM ledger.put_list(
                    number, posted_at, NULL, l.debits, l.credits, l.units, l.occurred, l.kinds, l.refs, l.reversed, l.parts, p_reason) p;
            END IF;
            refused := false;
        EXCEPTION WHEN check_violation OR not_null_violation OR numeric_value_out_of_range OR unique_violation OR SQLSTATE 'LD001' THEN
            refused := true;
        END;
        EXIT WHEN NOT refused OR ledger.expire_on(debits || credits, p_now) = 0;
    END LOOP;
    IF refused THEN
        DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
        SELECT f.code, f.facts INTO code, facts FROM ledger.refusal_of(request_stripe, debits, credits, units, reversed) f;
        number := NULL;
        posted_at := NULL;
        RETURN;
    END IF;
    IF number <> taken THEN
        UPDATE ledger.request r SET number = post_list.number, posted_at = post_list.posted_at
        WHERE r.stripe = request_stripe AND r.id = p_request;
    END IF;
    code := 'posted';
END $$;

-- Whether every row of a list stays in one stripe and draws on no spread account with a floor.
CREATE FUNCTION ledger.is_plain(debits bigint[], credits bigint[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(debits, credits) AS e (d, c) WHERE e.d & 64 = 0 AND e.c & 64 = 0 AND e.d & 63 <> e.c & 63)
        AND NOT EXISTS (
            SELECT FROM (SELECT DISTINCT d FROM unnest(debits) AS e (d) WHERE d & 64 <> 0) s
            JOIN ledger.account a ON a.stripe = (s.d & 63)::smallint AND a.id = s.d
            WHERE a.floor AND a.normal_side = 'C'
        )
$$;
