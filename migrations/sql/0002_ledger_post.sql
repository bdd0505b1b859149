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

CREATE FUNCTION ledger.post_one(
    p_request uuid, p_hash bytea, p_now timestamptz, p_debit bigint, p_credit bigint, p_units bigint,
    p_occurred_at timestamptz, p_kind text, p_reference uuid, p_salt uuid,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
-- Without SET search_path, which costs more than it guards here: every name below is qualified, and the program's role may
-- make functions and operators in no schema that a search path could put in front.
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    d bigint := CASE WHEN p_debit & 64 = 0 THEN p_debit ELSE (p_debit & ~63::bigint) | (p_credit & 63) END;
    c bigint := CASE WHEN p_credit & 64 = 0 THEN p_credit ELSE (p_credit & ~63::bigint) | (p_debit & 63) END;
    s smallint := (d & 63)::smallint;
    request_stripe smallint := (get_byte(uuid_send(p_request), 15) & 63)::smallint;
    this bigint;
    -- What the accounts were and became. Single variables: a record costs a new row type to look up at every call.
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
    debited boolean := false;
    credited boolean := false;
BEGIN
    IF p_units BETWEEN 1 AND 9007199254740991 AND d <> c AND d & 63 = c & 63 AND p_debit & p_credit & 64 = 0 THEN
        number := nextval('ledger.call_number');
        posted_at := clock_timestamp();
        this := (number << 23) | s;
        INSERT INTO ledger.request (number, posted_at, items, stripe, id, salt, input_hash, operation)
        VALUES (number, posted_at, 1, request_stripe, p_request, p_salt, p_hash, 'post') ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
            RETURN;
        END IF;
        -- Accounts are locked in the order of their ids, here and everywhere.
        IF c < d THEN
            UPDATE ledger.account a
            SET credits_posted = a.credits_posted + p_units, credit_count = a.credit_count + 1, last_credit = this, posted_at = post_one.posted_at,
                credit_latest = greatest(a.credit_latest, p_occurred_at)
            WHERE a.stripe = s AND a.id = c AND a.closed_at IS NULL
                AND (NOT a.floor OR a.normal_side = 'C' OR a.debits_posted - a.credits_posted - a.credits_pending >= p_units)
            RETURNING old.last_debit, old.last_credit, old.posted_at, a.credits_posted, a.credit_count, a.asset, a.credit_latest, old.credit_latest
            INTO c_debit, c_credit, c_posted, c_total, c_seq, kept, c_latest, c_was;
            credited := FOUND;
        END IF;
        IF credited OR d < c THEN
            UPDATE ledger.account a
            SET debits_posted = a.debits_posted + p_units, debit_count = a.debit_count + 1, last_debit = this, posted_at = post_one.posted_at,
                debit_latest = greatest(a.debit_latest, p_occurred_at)
            WHERE a.stripe = s AND a.id = d AND a.closed_at IS NULL AND (kept IS NULL OR a.asset = kept)
                AND (NOT a.floor OR a.normal_side = 'D' OR a.credits_posted - a.debits_posted - a.debits_pending >= p_units)
            RETURNING old.last_debit, old.last_credit, old.posted_at, a.debits_posted, a.debit_count, a.asset, a.debit_latest, old.debit_latest
            INTO d_debit, d_credit, d_posted, d_total, d_seq, kept, d_latest, d_was;
            debited := FOUND;
        END IF;
        IF debited AND NOT credited THEN
            UPDATE ledger.account a
            SET credits_posted = a.credits_posted + p_units, credit_count = a.credit_count + 1, last_credit = this, posted_at = post_one.posted_at,
                credit_latest = greatest(a.credit_latest, p_occurred_at)
            WHERE a.stripe = s AND a.id = c AND a.closed_at IS NULL AND a.asset = kept
                AND (NOT a.floor OR a.normal_side = 'C' OR a.debits_posted - a.credits_posted - a.credits_pending >= p_units)
            RETURNING old.last_debit, old.last_credit, old.posted_at, a.credits_posted, a.credit_count, a.asset, a.credit_latest, old.credit_latest
            INTO c_debit, c_credit, c_posted, c_total, c_seq, kept, c_latest, c_was;
            credited := FOUND;
        END IF;
        IF debited AND credited THEN
            IF greatest(d_debit, d_credit, c_debit, c_credit) >= this OR greatest(d_posted, c_posted) > posted_at THEN
                -- Another call took a later number and was quicker to the lock: take a number again, now under the lock.
                number := nextval('ledger.call_number');
                posted_at := greatest(clock_timestamp(), d_posted, c_posted);
                this := (number << 23) | s;
                UPDATE ledger.account a SET last_debit = this, posted_at = post_one.posted_at WHERE a.stripe = s AND a.id = d;
                UPDATE ledger.account a SET last_credit = this, posted_at = post_one.posted_at WHERE a.stripe = s AND a.id = c;
                UPDATE ledger.request r SET number = post_one.number, posted_at = post_one.posted_at
                WHERE r.stripe = request_stripe AND r.id = p_request;
            END IF;
            INSERT INTO ledger.transfer (
                id, debit, credit, units, occurred_at, posted_at, debit_prev, credit_prev, debit_total, credit_total,
                debit_seq, credit_seq, debit_latest, credit_latest, stripe, asset, kind, reference
            ) VALUES (
                this, d, c, p_units, p_occurred_at, posted_at, d_debit, c_credit, d_total, c_total,
                d_seq, c_seq, d_latest, c_latest, s, kept, p_kind, p_reference
            );
            code := 'posted';
            RETURN;
        END IF;
        IF debited THEN
            UPDATE ledger.account a
            SET debits_posted = a.debits_posted - p_units, debit_count = a.debit_count - 1, last_debit = d_debit, posted_at = d_posted,
                debit_latest = d_was
            WHERE a.stripe = s AND a.id = d;
        END IF;
        IF credited THEN
            UPDATE ledger.account a
            SET credits_posted = a.credits_posted - p_units, credit_count = a.credit_count - 1, last_credit = c_credit, posted_at = c_posted,
                credit_latest = c_was
            WHERE a.stripe = s AND a.id = c;
        END IF;
        DELETE FROM ledger.request r WHERE r.stripe = request_stripe AND r.id = p_request;
    END IF;
    SELECT l.code, l.number, l.posted_at, l.facts INTO code, number, posted_at, facts
    FROM ledger.post_list(
        p_request, p_hash, p_now, ARRAY[p_debit], ARRAY[p_credit], ARRAY[p_units], ARRAY[p_occurred_at], ARRAY[p_kind],
        ARRAY[p_reference]
    ) l;
END $$;
