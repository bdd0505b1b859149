-- Holds: held → settled (whole or in part, the rest is given back) | released | expired. What is held stands in the
-- pending counters of both accounts, so the floor of the account refuses to spend it twice.

-- Add to the pending counters of accounts, in the order of their ids. Answers how many rows there were.
CREATE FUNCTION ledger.move_pending(debits bigint[], credits bigint[], units bigint[], must_be_open boolean) RETURNS bigint
LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    missing bigint;
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT s.account, (s.account & 63)::smallint AS stripe, ledger.sum8(s.debits) AS debits, ledger.sum8(s.credits) AS credits
        FROM (
            SELECT e.d AS account, e.u AS debits, 0::bigint AS credits FROM unnest(debits, credits, units) AS e (d, c, u)
            UNION ALL
            SELECT e.c, 0, e.u FROM unnest(debits, credits, units) AS e (d, c, u)
        ) s
        GROUP BY s.account ORDER BY s.account
    ), moved AS (
        UPDATE ledger.account a
        SET debits_pending = a.debits_pending + w.debits, credits_pending = a.credits_pending + w.credits,
            free = a.free - CASE a.normal_side WHEN 'C' THEN w.debits ELSE w.credits END
        FROM wanted w
        WHERE a.stripe = w.stripe AND a.id = w.account AND (a.closed_at IS NULL OR NOT must_be_open)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM moved) INTO missing;
    RETURN missing;
END $$;

CREATE FUNCTION ledger.hold_list(
    p_request uuid, p_hash bytea, p_now timestamptz, debits bigint[], credits bigint[], units bigint[],
    expiries timestamptz[], kinds text[], refs uuid[],
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    request_stripe smallint := ledger.stripe_of(p_request);
    d bigint[];
    c bigint[];
    refused boolean := false;
    rows_in bigint;
BEGIN
    number := nextval('ledger.call_number');
    posted_at := clock_timestamp();
    INSERT INTO ledger.request (number, posted_at, items, stripe, id, input_hash, operation)
    VALUES (number, posted_at, cardinality(debits), request_stripe, p_request, p_hash, 'hold') ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    SELECT array_agg(ledger.side(e.d, e.c, request_stripe) ORDER BY place), array_agg(ledger.side(e.c, e.d, request_stripe) ORDER BY place)
    INTO d, c FROM unnest(debits, credits) WITH ORDINALITY AS e (d, c, place);
    FOR attempt IN 1..2 LOOP
        BEGIN
            IF ledger.move_pending(d, c, units, true) <> 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'LD001';
            END IF;
            INSERT INTO ledger.hold (id, debit, credit, units, held_at, expires_at, stripe, asset, kind, reference)
            SELECT ledger.transfer_id(number, e.place - 1, e.d), e.d, e.c, e.u, post.at, nullif(e.x, 'infinity'), da.stripe, da.asset, e.k, e.ref
            FROM (SELECT posted_at AS at) post
            CROSS JOIN unnest(d, c, units, expiries, kinds, refs) WITH ORDINALITY AS e (d, c, u, x, k, ref, place)
            JOIN ledger.account da ON da.stripe = (e.d & 63)::smallint AND da.id = e.d
            JOIN ledger.account ca ON ca.stripe = (e.c & 63)::smallint AND ca.id = e.c AND ca.asset = da.asset
            WHERE e.d <> e.c;
            GET DIAGNOSTICS rows_in = ROW_COUNT;
            IF rows_in <> cardinality(debits) THEN
                RAISE EXCEPTION USING ERRCODE = 'LD001';
            END IF;
            refused := false;
        EXCEPTION WHEN check_violation OR not_null_violation OR numeric_value_out_of_range OR SQLSTATE 'LD001' THEN
            refused := true;
        END;
        EXIT WHEN NOT refused OR ledger.expire_on(d || c, p_now) = 0;
    END LOOP;
    IF refused THEN
        DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
        SELECT f.code, f.facts INTO code, facts FROM ledger.refusal_of(debits, credits, units, '{}') f;
        number := NULL;
        posted_at := NULL;
        RETURN;
    END IF;
    code := 'posted';
END $$;

-- End one hold: settle it (all of it where p_units is NULL) or release it.
-- Refusals in order: hold_unknown, hold_ended, hold_expired (only settling), units_invalid, hold_exceeded, then those of a list.
CREATE FUNCTION ledger.end_hold(
    p_request uuid, p_hash bytea, p_now timestamptz, p_hold bigint, p_settles boolean, p_units bigint,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    request_stripe smallint := ledger.stripe_of(p_request);
    h ledger.hold;
    amount bigint;
    done record;
BEGIN
    number := nextval('ledger.call_number');
    posted_at := clock_timestamp();
    INSERT INTO ledger.request (number, posted_at, items, stripe, id, input_hash, operation)
    VALUES (number, posted_at, p_settles::integer, request_stripe, p_request, p_hash, CASE WHEN p_settles THEN 'settle' ELSE 'release' END) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    SELECT * INTO h FROM ledger.hold x WHERE x.stripe = (p_hold & 63)::smallint AND x.id = p_hold FOR UPDATE;
    amount := coalesce(p_units, h.units);
    code := CASE
        WHEN h.id IS NULL THEN 'hold_unknown'
        WHEN h.state <> 'held' THEN 'hold_ended'
        WHEN p_settles AND h.expires_at <= p_now THEN 'hold_expired'
        WHEN p_settles AND amount <= 0 THEN 'units_invalid'
        WHEN p_settles AND amount > h.units THEN 'hold_exceeded'
        ELSE 'posted'
    END;
    facts := jsonb_strip_nulls(jsonb_build_object('hold', p_hold, 'state', h.state, 'held', h.units::text));
    IF code = 'posted' THEN
        BEGIN
            PERFORM ledger.move_pending(ARRAY[h.debit], ARRAY[h.credit], ARRAY[-h.units], false);
            IF p_settles THEN
                done := ledger.post_rows(number, posted_at, p_now, NULL, ARRAY[h.debit], ARRAY[h.credit], ARRAY[amount], ARRAY[p_now],
                    ARRAY[h.kind], ARRAY[h.reference], '{}', NULL);
                IF NOT done.posted THEN
                    RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'the hold does not fit its accounts';
                END IF;
                number := done.p_number;
                posted_at := done.p_at;
            END IF;
            UPDATE ledger.hold x
            SET state = CASE WHEN p_settles THEN 'settled' ELSE 'released' END, ended_at = end_hold.posted_at,
                settled_units = CASE WHEN p_settles THEN amount END, transfer = CASE WHEN p_settles THEN ledger.transfer_id(number, 0, h.stripe) END
            WHERE x.stripe = h.stripe AND x.id = h.id;
            UPDATE ledger.request r SET number = end_hold.number, posted_at = end_hold.posted_at
            WHERE r.stripe = request_stripe AND r.id = p_request AND r.number <> end_hold.number;
            facts := NULL;
            RETURN;
        EXCEPTION WHEN check_violation OR not_null_violation OR SQLSTATE 'LD001' THEN
            SELECT f.code, f.facts INTO code, facts FROM ledger.refusal_of(ARRAY[h.debit], ARRAY[h.credit], ARRAY[amount], '{}') f;
        END;
    END IF;
    DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
    number := NULL;
    posted_at := NULL;
END $$;

-- Mark holds that are past their time and give their units back. Those that another call is ending just now are left to it.
CREATE FUNCTION ledger.expire_these(p_ids bigint[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    d bigint[];
    c bigint[];
    u bigint[];
BEGIN
    WITH ended AS (
        UPDATE ledger.hold h SET state = 'expired', ended_at = clock_timestamp()
        FROM unnest(p_ids) AS w (id)
        WHERE h.stripe = (w.id & 63)::smallint AND h.id = w.id AND h.state = 'held'
        RETURNING h.debit, h.credit, h.units
    )
    SELECT array_agg(debit), array_agg(credit), array_agg(-units) INTO d, c, u FROM ended;
    IF d IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM ledger.move_pending(d, c, u, false);
    RETURN cardinality(d);
END $$;

CREATE FUNCTION ledger.expire_on(accounts bigint[], p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM (
        SELECT h.id FROM (
            SELECT DISTINCT w.account FROM (
                SELECT a FROM unnest(accounts) AS a WHERE a & 64 = 0
                UNION ALL
                SELECT ledger.sub_account(a, s) FROM unnest(accounts) AS a CROSS JOIN generate_series(0, 63) AS s WHERE a & 64 <> 0
            ) AS w (account)
        ) x
        JOIN ledger.hold h ON h.stripe = ANY (ledger.stripes_of_credit(x.account)) AND (h.debit = x.account OR h.credit = x.account)
        WHERE h.state = 'held' AND h.expires_at <= p_now
        ORDER BY h.id
        FOR UPDATE OF h SKIP LOCKED
    ) found;
    RETURN CASE WHEN ids IS NULL THEN 0 ELSE ledger.expire_these(ids) END;
END $$;

CREATE FUNCTION ledger.expire_holds(p_now timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM (
        SELECT h.id FROM ledger.hold h
        WHERE h.state = 'held' AND h.expires_at <= p_now
        ORDER BY h.expires_at, h.id LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) found;
    RETURN CASE WHEN ids IS NULL THEN 0 ELSE ledger.expire_these(ids) END;
END $$;

-- Close or reopen an account. A closed one takes no further transfers; one with open holds cannot be closed.
CREATE FUNCTION ledger.close_account(
    p_request uuid, p_hash bytea, p_now timestamptz, p_account bigint, p_closes boolean,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    request_stripe smallint := ledger.stripe_of(p_request);
    pending bigint;
BEGIN
    number := nextval('ledger.call_number');
    posted_at := clock_timestamp();
    INSERT INTO ledger.request (number, posted_at, items, stripe, id, input_hash, operation)
    VALUES (number, posted_at, 0, request_stripe, p_request, p_hash, 'close') ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    PERFORM ledger.expire_on(ARRAY[p_account], p_now);
    SELECT sum(l.pending) INTO pending FROM (
        SELECT a.debits_pending + a.credits_pending AS pending FROM ledger.account a
        WHERE a.stripe = ANY (CASE WHEN p_account & 64 = 0 THEN ARRAY[(p_account & 63)::smallint]
                ELSE (SELECT array_agg(s::smallint) FROM generate_series(0, 63) AS s) END)
            AND a.id BETWEEN p_account AND CASE WHEN p_account & 64 = 0 THEN p_account ELSE p_account | 63 END
        ORDER BY a.id FOR NO KEY UPDATE
    ) l;
    code := CASE WHEN pending IS NULL THEN 'account_unknown' WHEN p_closes AND pending > 0 THEN 'account_in_use' ELSE 'posted' END;
    IF code = 'posted' THEN
        UPDATE ledger.account a SET closed_at = CASE WHEN p_closes THEN coalesce(a.closed_at, greatest(clock_timestamp(), a.posted_at)) END
        WHERE a.stripe = ANY (CASE WHEN p_account & 64 = 0 THEN ARRAY[(p_account & 63)::smallint]
                ELSE (SELECT array_agg(s::smallint) FROM generate_series(0, 63) AS s) END)
            AND a.id BETWEEN p_account AND CASE WHEN p_account & 64 = 0 THEN p_account ELSE p_account | 63 END;
        RETURN;
    END IF;
    facts := jsonb_build_object('account', p_account);
    DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
    number := NULL;
    posted_at := NULL;
END $$;
