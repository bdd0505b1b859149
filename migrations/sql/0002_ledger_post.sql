-- One transfer a call: the lean path. Where anything is out of the ordinary (replay, refusal, other stripes, both
-- accounts spread) it undoes what little it did and hands over to post_list, which knows every case. The salt is given,
-- as PostgreSQL opens the system's source of randomness anew for every UUID that it draws (5 µs).

-- Remember a request. Answers number and time for a new one; replayed or code for one that is there.
CREATE FUNCTION ledger.replay_of(p_request uuid, p_hash bytea, OUT code text, OUT number bigint, OUT posted_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    first ledger.request;
BEGIN
    SELECT * INTO STRICT first FROM ledger.request r
    WHERE r.stripe = ledger.stripe_of(p_request) AND r.id = p_request;
    number := first.number;
    posted_at := first.posted_at;
    code := CASE WHEN first.input_hash = p_hash THEN 'replayed' ELSE 'request_conflict' END;
END $$;

-- Note the links of a call that later look-ups start from; p_stripes are those that its transfers lie in.
CREATE FUNCTION ledger.note_links(p_number bigint, p_stripes smallint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH put AS MATERIALIZED (
        SELECT t.id, t.stripe, t.posted_at, t.occurred_at, t.units, t.debit, t.credit, t.debit_latest, t.credit_latest,
            t.debit_seq & 15 = 0 AS debit_link, t.credit_seq & 15 = 0 AS credit_link
        FROM unnest(p_stripes) AS s
        JOIN ledger.transfer t ON t.stripe = s AND t.id >= p_number << 23 AND t.id < (p_number + 1) << 23
        WHERE t.debit_seq & 15 = 0 OR t.credit_seq & 15 = 0 OR t.occurred_at < t.debit_latest OR t.occurred_at < t.credit_latest
    ), late AS (
        INSERT INTO ledger.late (account, id, occurred_at, units, stripe, debits)
        SELECT debit, id, occurred_at, units, stripe, true FROM put WHERE occurred_at < debit_latest
        UNION ALL
        SELECT credit, id, occurred_at, units, stripe, false FROM put WHERE occurred_at < credit_latest
        ORDER BY 5, 1, 6, 2
    )
    INSERT INTO ledger.link (account, posted_at, id, latest, stripe, debits)
    SELECT debit, posted_at, id, debit_latest, stripe, true FROM put WHERE debit_link
    UNION ALL
    SELECT credit, posted_at, id, credit_latest, stripe, false FROM put WHERE credit_link
    ORDER BY 5, 1, 6, 3;
END $$;

CREATE FUNCTION ledger.post_one(
    p_request uuid, p_hash bytea, p_now timestamptz, d bigint, c bigint, p_units bigint,
    p_occurred_at timestamptz, p_kind text, p_reference uuid, p_salt uuid,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
-- d and c are the accounts that really take part: of a spread one, its sub-account in the other's stripe.
-- Every assignment and every condition here costs 1 to 2 µs a call and every statement 15 to 25 (PostgreSQL makes them
-- ready anew in each transaction), so there are few. Single variables: a record costs a row type to look up at every call.
-- Without SET search_path, which costs more than it guards here: every name below is qualified, and the program's role may
-- make functions and operators in no schema that a search path could put in front.
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    s smallint := (d & 63)::smallint;
    this bigint;
    -- What the accounts were and became.
    d_debit bigint;
    d_credit bigint;
    d_posted timestamptz;
    d_total bigint;
    d_seq bigint;
    d_latest timestamptz;
    d_was timestamptz;
    c_debit bigint;
    c_credit bigint;
    c_posted timestamptz;
    c_total bigint;
    c_seq bigint;
    c_latest timestamptz;
    c_was timestamptz;
    kept smallint;
BEGIN
    INSERT INTO ledger.request AS r (number, posted_at, items, stripe, id, salt, input_hash, operation)
    VALUES (nextval('ledger.call_number'), clock_timestamp(), 1, (get_byte(uuid_send(p_request), 15) & 63)::smallint,
        p_request, p_salt, p_hash, 'post')
    ON CONFLICT DO NOTHING
    RETURNING 'posted', r.number, r.posted_at, r.number << 23 | s INTO code, number, posted_at, this;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    -- Accounts are locked in the order of their ids, here and everywhere. An account of another stripe is not found.
    IF d < c THEN
        UPDATE ledger.account a
        SET debits_posted = a.debits_posted + p_units, debit_count = a.debit_count + 1, last_debit = this, posted_at = post_one.posted_at,
            debit_latest = greatest(a.debit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'D' THEN p_units ELSE -p_units END
        WHERE a.stripe = s AND a.id = d AND a.closed_at IS NULL AND (a.normal_side = 'D' OR coalesce(a.free, p_units) >= p_units)
        RETURNING old.last_debit, old.last_credit, old.posted_at, a.debits_posted, a.debit_count, a.asset, a.debit_latest, old.debit_latest
        INTO d_debit, d_credit, d_posted, d_total, d_seq, kept, d_latest, d_was;
        IF FOUND THEN
            UPDATE ledger.account a
            SET credits_posted = a.credits_posted + p_units, credit_count = a.credit_count + 1, last_credit = this, posted_at = post_one.posted_at,
                credit_latest = greatest(a.credit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'C' THEN p_units ELSE -p_units END
            WHERE a.stripe = s AND a.id = c AND a.closed_at IS NULL AND (a.normal_side = 'C' OR coalesce(a.free, p_units) >= p_units) AND a.asset = kept
            RETURNING old.last_debit, old.last_credit, old.posted_at, a.credits_posted, a.credit_count, a.asset, a.credit_latest, old.credit_latest
            INTO c_debit, c_credit, c_posted, c_total, c_seq, kept, c_latest, c_was;
        END IF;
    ELSE
        UPDATE ledger.account a
        SET credits_posted = a.credits_posted + p_units, credit_count = a.credit_count + 1, last_credit = this, posted_at = post_one.posted_at,
            credit_latest = greatest(a.credit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'C' THEN p_units ELSE -p_units END
        WHERE a.stripe = s AND a.id = c AND a.closed_at IS NULL AND (a.normal_side = 'C' OR coalesce(a.free, p_units) >= p_units)
        RETURNING old.last_debit, old.last_credit, old.posted_at, a.credits_posted, a.credit_count, a.asset, a.credit_latest, old.credit_latest
        INTO c_debit, c_credit, c_posted, c_total, c_seq, kept, c_latest, c_was;
        IF FOUND THEN
            UPDATE ledger.account a
            SET debits_posted = a.debits_posted + p_units, debit_count = a.debit_count + 1, last_debit = this, posted_at = post_one.posted_at,
                debit_latest = greatest(a.debit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'D' THEN p_units ELSE -p_units END
            WHERE a.stripe = s AND a.id = d AND a.closed_at IS NULL AND (a.normal_side = 'D' OR coalesce(a.free, p_units) >= p_units) AND a.asset = kept
            RETURNING old.last_debit, old.last_credit, old.posted_at, a.debits_posted, a.debit_count, a.asset, a.debit_latest, old.debit_latest
            INTO d_debit, d_credit, d_posted, d_total, d_seq, kept, d_latest, d_was;
        END IF;
    END IF;
    IF FOUND THEN
        IF greatest(d_debit, d_credit, c_debit, c_credit) >= this OR greatest(d_posted, c_posted) > posted_at
            OR (d_seq & 15) * (c_seq & 15) = 0 OR p_occurred_at < greatest(d_latest, c_latest)
        THEN
            IF d = c THEN
                RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'a transfer joins two accounts';
            END IF;
            IF greatest(d_debit, d_credit, c_debit, c_credit) >= this OR greatest(d_posted, c_posted) > posted_at THEN
                -- Another call took a later number and was quicker to the lock: take a number again, now under the lock.
                number := nextval('ledger.call_number');
                posted_at := greatest(clock_timestamp(), d_posted, c_posted);
                this := (number << 23) | s;
                UPDATE ledger.account a SET last_debit = this, posted_at = post_one.posted_at WHERE a.stripe = s AND a.id = d;
                UPDATE ledger.account a SET last_credit = this, posted_at = post_one.posted_at WHERE a.stripe = s AND a.id = c;
                UPDATE ledger.request r SET number = post_one.number, posted_at = post_one.posted_at
                WHERE r.stripe = ledger.stripe_of(p_request) AND r.id = p_request;
            END IF;
            IF d_seq & 15 = 0 THEN
                INSERT INTO ledger.link (account, posted_at, id, latest, stripe, debits) VALUES (d, posted_at, this, d_latest, s, true);
            END IF;
            IF c_seq & 15 = 0 THEN
                INSERT INTO ledger.link (account, posted_at, id, latest, stripe, debits) VALUES (c, posted_at, this, c_latest, s, false);
            END IF;
            IF p_occurred_at < d_latest THEN
                INSERT INTO ledger.late (account, id, occurred_at, units, stripe, debits) VALUES (d, this, p_occurred_at, p_units, s, true);
            END IF;
            IF p_occurred_at < c_latest THEN
                INSERT INTO ledger.late (account, id, occurred_at, units, stripe, debits) VALUES (c, this, p_occurred_at, p_units, s, false);
            END IF;
        END IF;
        INSERT INTO ledger.transfer (
            id, debit, credit, units, occurred_at, posted_at, debit_prev, credit_prev, debit_total, credit_total,
            debit_seq, credit_seq, debit_latest, credit_latest, stripe, asset, kind, reference
        ) VALUES (
            this, d, c, p_units, p_occurred_at, posted_at, d_debit, c_credit, d_total, c_total,
            d_seq, c_seq, d_latest, c_latest, s, kept, p_kind, p_reference
        );
        RETURN;
    END IF;
    -- One account refused: give back what the other one was brought forward by.
    IF d_seq IS NOT NULL THEN
        UPDATE ledger.account a
        SET debits_posted = a.debits_posted - p_units, debit_count = a.debit_count - 1, last_debit = d_debit, posted_at = d_posted,
            debit_latest = d_was, free = a.free - CASE a.normal_side WHEN 'D' THEN p_units ELSE -p_units END
        WHERE a.stripe = s AND a.id = d;
    ELSIF c_seq IS NOT NULL THEN
        UPDATE ledger.account a
        SET credits_posted = a.credits_posted - p_units, credit_count = a.credit_count - 1, last_credit = c_credit, posted_at = c_posted,
            credit_latest = c_was, free = a.free - CASE a.normal_side WHEN 'C' THEN p_units ELSE -p_units END
        WHERE a.stripe = s AND a.id = c;
    END IF;
    DELETE FROM ledger.request r WHERE r.stripe = ledger.stripe_of(p_request) AND r.id = p_request;
    SELECT l.code, l.number, l.posted_at, l.facts INTO code, number, posted_at, facts
    FROM ledger.post_list(
        p_request, p_hash, p_now, ARRAY[ledger.whole_account(d)], ARRAY[ledger.whole_account(c)], ARRAY[p_units],
        ARRAY[p_occurred_at], ARRAY[p_kind], ARRAY[p_reference]
    ) l;
END $$;
