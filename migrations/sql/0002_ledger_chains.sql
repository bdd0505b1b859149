-- Statements and balances of any instant. Each account's debits and its credits are a chain, newest first, with running
-- totals; every 16th link is indexed. So a place in a chain is found by one index look-up and a few steps back, however
-- long the history is. A place is one of: before a transfer ('id'), posted until an instant ('posted'), or occurred until an
-- instant ('occurred': up to the last link before which nothing later had occurred; what came late is added by late_units).

CREATE FUNCTION ledger.debit_link(p_stripe smallint, p_account bigint, p_head bigint, p_place text, p_id bigint, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    t record;
    link bigint;
BEGIN
    IF p_place = 'occurred' THEN
        SELECT x.id INTO link FROM ledger.link x
        WHERE x.stripe = p_stripe AND x.account = p_account AND x.debits = true AND x.latest > p_at
        ORDER BY x.latest, x.id LIMIT 1;
    ELSE
        SELECT x.id INTO link FROM ledger.link x
        WHERE x.stripe = p_stripe AND x.account = p_account AND x.debits = true AND (x.posted_at, x.id) >= (p_at, p_id)
        ORDER BY x.posted_at, x.id LIMIT 1;
    END IF;
    link := coalesce(link, p_head);
    WHILE link > 0 LOOP
        SELECT x.id, x.debit_prev, x.posted_at, x.debit_latest INTO STRICT t FROM ledger.transfer x WHERE x.stripe = p_stripe AND x.id = link;
        EXIT WHEN CASE p_place WHEN 'occurred' THEN t.debit_latest <= p_at ELSE (t.posted_at, t.id) < (p_at, p_id) END;
        link := t.debit_prev;
    END LOOP;
    RETURN link;
END $$;

CREATE FUNCTION ledger.credit_link(p_stripe smallint, p_account bigint, p_head bigint, p_place text, p_id bigint, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    t record;
    link bigint;
BEGIN
    IF p_place = 'occurred' THEN
        SELECT x.id INTO link FROM ledger.link x
        WHERE x.stripe = p_stripe AND x.account = p_account AND x.debits = false AND x.latest > p_at
        ORDER BY x.latest, x.id LIMIT 1;
    ELSE
        SELECT x.id INTO link FROM ledger.link x
        WHERE x.stripe = p_stripe AND x.account = p_account AND x.debits = false AND (x.posted_at, x.id) >= (p_at, p_id)
        ORDER BY x.posted_at, x.id LIMIT 1;
    END IF;
    link := coalesce(link, p_head);
    WHILE link > 0 LOOP
        SELECT x.id, x.credit_prev, x.posted_at, x.credit_latest INTO STRICT t FROM ledger.transfer x WHERE x.stripe = p_stripe AND x.id = link;
        EXIT WHEN CASE p_place WHEN 'occurred' THEN t.credit_latest <= p_at ELSE (t.posted_at, t.id) < (p_at, p_id) END;
        link := t.credit_prev;
    END LOOP;
    RETURN link;
END $$;

-- The links of an account's chains at a place, one row per sub-account and chain (a place of NULL is now), with the total
-- up to there and, for a place by occurrence, what occurred until then but was posted behind it.
CREATE FUNCTION ledger.links_of(p_account bigint, p_place text, p_id bigint, p_at timestamptz)
RETURNS TABLE (link bigint, debits boolean, total bigint)
LANGUAGE sql STABLE AS $$
    SELECT f.link, s.debits,
        coalesce((SELECT CASE WHEN s.debits THEN t.debit_total ELSE t.credit_total END
            FROM ledger.transfer t WHERE t.stripe = a.stripe AND t.id = f.link), 0)
        + CASE WHEN p_place IS DISTINCT FROM 'occurred' THEN 0
            ELSE coalesce((SELECT ledger.sum8(t.units) FROM ledger.late t
                WHERE t.stripe = a.stripe AND t.account = a.id AND t.debits = s.debits AND t.id > f.link AND t.occurred_at <= p_at), 0)
        END
    FROM (
        SELECT x.* FROM ledger.account x WHERE p_account & 64 = 0 AND x.stripe = (p_account & 63)::smallint AND x.id = p_account
        UNION ALL
        SELECT x.* FROM generate_series(0, 63) AS n JOIN ledger.account x ON x.stripe = n AND x.id = ledger.sub_account(p_account, n)
        WHERE p_account & 64 <> 0
    ) a
    CROSS JOIN (VALUES (true), (false)) AS s (debits)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN CASE WHEN s.debits THEN a.last_debit ELSE a.last_credit END = 0 THEN 0
        WHEN p_place IS NULL THEN CASE WHEN s.debits THEN a.last_debit ELSE a.last_credit END
        WHEN s.debits THEN ledger.debit_link(a.stripe, a.id, a.last_debit, p_place, p_id, p_at)
        ELSE ledger.credit_link(a.stripe, a.id, a.last_credit, p_place, p_id, p_at)
    END AS link) f
$$;

-- An account's balance on its normal side as of an instant (inclusive), by posting or by occurrence. Its plan is kept, as that
-- of balances_of is.
CREATE FUNCTION ledger.balance_at(p_account bigint, p_place text, p_at timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
    SELECT CASE a.normal_side WHEN 'C' THEN 1 ELSE -1 END * (
        SELECT ledger.sum8(CASE WHEN l.debits THEN -l.total ELSE l.total END)
        FROM ledger.links_of(p_account, p_place, 9223372036854775807, p_at) l)
    FROM ledger.account a WHERE a.stripe = (p_account & 63)::smallint AND a.id = p_account
$$;

-- A page of an account's transfers from a place back to p_since, newest first; the balance after each is counted on from
-- the totals that the chains carry.
CREATE FUNCTION ledger.statement_page(p_account bigint, p_place text, p_id bigint, p_at timestamptz, p_since timestamptz, p_limit integer)
RETURNS TABLE (
    id bigint, change bigint, balance bigint, other bigint, kind text, reference uuid,
    occurred_at timestamptz, posted_at timestamptz, reverses bigint, reason text
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
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
    SELECT sign * ledger.sum8(CASE WHEN l.debits THEN -l.total ELSE l.total END),
        array_agg(l.link) FILTER (WHERE l.debits), array_agg(l.link) FILTER (WHERE NOT l.debits)
    INTO balance, debit_links, credit_links FROM ledger.links_of(p_account, p_place, p_id, p_at) l;
    FOR i IN 1..p_limit LOOP
        SELECT max(l) INTO newest_debit FROM unnest(debit_links) AS l;
        SELECT max(l) INTO newest_credit FROM unnest(credit_links) AS l;
        id := greatest(newest_debit, newest_credit);
        EXIT WHEN coalesce(id, 0) = 0;
        SELECT * INTO STRICT t FROM ledger.transfer x WHERE x.stripe = (statement_page.id & 63)::smallint AND x.id = statement_page.id;
        EXIT WHEN t.posted_at < p_since;
        IF newest_debit > newest_credit THEN
            debit_links := array_replace(debit_links, id, t.debit_prev);
            change := -sign * t.units;
            other := t.credit;
        ELSE
            credit_links := array_replace(credit_links, id, t.credit_prev);
            change := sign * t.units;
            other := t.debit;
        END IF;
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
