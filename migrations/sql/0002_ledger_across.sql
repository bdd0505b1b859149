-- One transfer a call between two accounts of two stripes: two rows, each of which keeps its stripe's books in balance, by way
-- of the asset's clearing account in either stripe. The lean path; what is out of the ordinary goes to post_list.

-- Bring one account forward by one row and answer how its chain goes on. Raises LD001 where it may not (unknown, closed, too
-- little, or overtaken: another call took a later number and was quicker to the lock).
CREATE FUNCTION ledger.move_one(
    p_account bigint, p_debits boolean, p_units bigint, p_occurred_at timestamptz, this bigint, p_at timestamptz,
    OUT prev bigint, OUT total bigint, OUT seq bigint, OUT latest timestamptz, OUT asset smallint, OUT in_order boolean
)
LANGUAGE plpgsql AS $$
BEGIN
    IF p_debits THEN
        UPDATE ledger.account a
        SET debits_posted = a.debits_posted + p_units, debit_count = a.debit_count + 1, last_debit = this, posted_at = p_at,
            debit_latest = greatest(a.debit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'D' THEN p_units ELSE -p_units END
        WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account AND a.closed_at IS NULL
            AND (a.normal_side = 'D' OR coalesce(a.free, p_units) >= p_units)
        RETURNING old.last_debit, a.debits_posted, a.debit_count, a.debit_latest, a.asset,
            greatest(old.last_debit, old.last_credit) < this AND old.posted_at <= p_at
        INTO prev, total, seq, latest, asset, in_order;
    ELSE
        UPDATE ledger.account a
        SET credits_posted = a.credits_posted + p_units, credit_count = a.credit_count + 1, last_credit = this, posted_at = p_at,
            credit_latest = greatest(a.credit_latest, p_occurred_at), free = a.free + CASE a.normal_side WHEN 'C' THEN p_units ELSE -p_units END
        WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account AND a.closed_at IS NULL
            AND (a.normal_side = 'C' OR coalesce(a.free, p_units) >= p_units)
        RETURNING old.last_credit, a.credits_posted, a.credit_count, a.credit_latest, a.asset,
            greatest(old.last_debit, old.last_credit) < this AND old.posted_at <= p_at
        INTO prev, total, seq, latest, asset, in_order;
    END IF;
    IF in_order IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'the lean path ends here';
    END IF;
END $$;

CREATE FUNCTION ledger.post_across(
    p_request uuid, p_hash bytea, p_now timestamptz, d bigint, c bigint, p_units bigint,
    p_occurred_at timestamptz, p_kind text, p_reference uuid, p_salt uuid,
    OUT code text, OUT number bigint, OUT posted_at timestamptz, OUT facts jsonb
)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    here smallint := (d & 63)::smallint;
    there smallint := (c & 63)::smallint;
    out_id bigint;
    in_id bigint;
    clearing bigint;
    left_ record;
    sent record;
    got record;
    kept record;
BEGIN
    INSERT INTO ledger.request AS r (number, posted_at, items, stripe, id, salt, input_hash, operation)
    VALUES (nextval('ledger.call_number'), clock_timestamp(), 1, (get_byte(uuid_send(p_request), 15) & 63)::smallint,
        p_request, p_salt, p_hash, 'post')
    ON CONFLICT DO NOTHING
    RETURNING 'posted', r.number, r.posted_at, r.number << 23 | here, r.number << 23 | 64 | there INTO code, number, posted_at, out_id, in_id;
    IF NOT FOUND THEN
        SELECT r.code, r.number, r.posted_at INTO code, number, posted_at FROM ledger.replay_of(p_request, p_hash) r;
        RETURN;
    END IF;
    SELECT s.clearing INTO clearing FROM ledger.account a JOIN ledger.asset s ON s.id = a.asset WHERE a.stripe = here AND a.id = d;
    BEGIN
        -- In the order of ids: an asset's clearing accounts were opened before any other account of it.
        IF here < there THEN
            sent := ledger.move_one(clearing | here, false, p_units, p_occurred_at, out_id, posted_at);
            got := ledger.move_one(clearing | there, true, p_units, p_occurred_at, in_id, posted_at);
        ELSE
            got := ledger.move_one(clearing | there, true, p_units, p_occurred_at, in_id, posted_at);
            sent := ledger.move_one(clearing | here, false, p_units, p_occurred_at, out_id, posted_at);
        END IF;
        IF d < c THEN
            left_ := ledger.move_one(d, true, p_units, p_occurred_at, out_id, posted_at);
            kept := ledger.move_one(c, false, p_units, p_occurred_at, in_id, posted_at);
        ELSE
            kept := ledger.move_one(c, false, p_units, p_occurred_at, in_id, posted_at);
            left_ := ledger.move_one(d, true, p_units, p_occurred_at, out_id, posted_at);
        END IF;
        IF here = there OR left_.asset <> kept.asset THEN
            RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = 'the lean path ends here';
        END IF;
        INSERT INTO ledger.transfer (
            id, debit, credit, units, occurred_at, posted_at, debit_prev, credit_prev, debit_total, credit_total,
            debit_seq, credit_seq, debit_latest, credit_latest, stripe, asset, kind, reference, part_of
        ) VALUES (
            out_id, d, clearing | here, p_units, p_occurred_at, posted_at, left_.prev, sent.prev, left_.total, sent.total,
            left_.seq, sent.seq, left_.latest, sent.latest, here, kept.asset, p_kind, p_reference, NULL
        ), (
            in_id, clearing | there, c, p_units, p_occurred_at, posted_at, got.prev, kept.prev, got.total, kept.total,
            got.seq, kept.seq, got.latest, kept.latest, there, kept.asset, p_kind, p_reference, out_id
        );
        IF (left_.seq & 15) * (sent.seq & 15) * (got.seq & 15) * (kept.seq & 15) = 0
            OR p_occurred_at < greatest(left_.latest, sent.latest, got.latest, kept.latest)
        THEN
            PERFORM ledger.note_links(number, ARRAY[here, there]);
        END IF;
        RETURN;
    EXCEPTION WHEN SQLSTATE 'LD001' THEN
        -- What was done since BEGIN is undone.
    END;
    DELETE FROM ledger.request r WHERE r.stripe = ledger.stripe_of(p_request) AND r.id = p_request;
    SELECT l.code, l.number, l.posted_at, l.facts INTO code, number, posted_at, facts
    FROM ledger.post_list(p_request, p_hash, p_now, ARRAY[d], ARRAY[c], ARRAY[p_units], ARRAY[p_occurred_at], ARRAY[p_kind], ARRAY[p_reference]) l;
END $$;
