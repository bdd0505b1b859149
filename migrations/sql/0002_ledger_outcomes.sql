-- Why a list was refused: the first code of this order that any row earns, and among its rows the first.
--   units_invalid, account_unknown, same_account, asset_mismatch, account_closed, transfer_reversed, insufficient_balance

CREATE FUNCTION ledger.refusals(debits bigint[], credits bigint[], units bigint[], reversed bigint[])
RETURNS TABLE (place bigint, rank integer, code text, account bigint)
LANGUAGE sql STABLE AS $$
    SELECT e.place - 1, v.rank, v.code, v.account
    FROM unnest(debits, credits, units, reversed) WITH ORDINALITY AS e (d, c, u, r, place)
    LEFT JOIN ledger.account da ON da.stripe = (e.d & 63)::smallint AND da.id = e.d
    LEFT JOIN ledger.account ca ON ca.stripe = (e.c & 63)::smallint AND ca.id = e.c
    CROSS JOIN LATERAL (
        SELECT x.rank, x.code, x.account
        FROM (VALUES
            (1, 'units_invalid', NULL::bigint, e.u IS NULL OR e.u NOT BETWEEN 1 AND 9007199254740991),
            (2, 'account_unknown', CASE WHEN da.id IS NULL THEN e.d ELSE e.c END, da.id IS NULL OR ca.id IS NULL),
            (3, 'same_account', e.d, e.d = e.c),
            (4, 'asset_mismatch', e.d, da.asset <> ca.asset),
            (5, 'account_closed', CASE WHEN da.closed_at IS NOT NULL THEN e.d ELSE e.c END, da.closed_at IS NOT NULL OR ca.closed_at IS NOT NULL),
            (6, 'transfer_reversed', NULL::bigint, array_position(reversed, e.r) < e.place OR EXISTS (
                SELECT FROM ledger.reversal r WHERE r.stripe = (e.r & 63)::smallint AND r.transfer = e.r))
        ) AS x (rank, code, account, applies)
        WHERE x.applies
        ORDER BY x.rank
        LIMIT 1
    ) v
$$;

CREATE FUNCTION ledger.refusal_of(
    debits bigint[], credits bigint[], units bigint[], reversed bigint[], OUT code text, OUT facts jsonb
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT f.code, jsonb_strip_nulls(jsonb_build_object('index', f.place, 'account', f.account)) INTO code, facts
    FROM ledger.refusals(debits, credits, units, reversed) f
    ORDER BY f.rank, f.place LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    -- Only the floor is left: the account that lacks most, seen as one account where it is spread.
    code := 'insufficient_balance';
    SELECT jsonb_build_object('account', n.account, 'needed', n.needed::text, 'available', f.available::text) INTO facts
    FROM (
        SELECT s.account, sum(s.units) AS needed
        FROM (
            SELECT e.d AS account, e.u AS units, 'C' AS side FROM unnest(debits, credits, units) AS e (d, c, u)
            UNION ALL SELECT e.c, e.u, 'D' FROM unnest(debits, credits, units) AS e (d, c, u)
        ) s
        JOIN ledger.account a ON a.stripe = (s.account & 63)::smallint AND a.id = s.account AND a.free IS NOT NULL AND a.normal_side = s.side::"char"
        GROUP BY s.account
    ) n
    CROSS JOIN LATERAL (SELECT b.available FROM ledger.balances_of(ARRAY[n.account], '-infinity') b) f
    ORDER BY n.needed - f.available DESC LIMIT 1;
END $$;

-- Items of a list that are answered each by itself: the refused ones, so that a replay answers them again.
CREATE TABLE ledger.refused (
    number bigint NOT NULL,
    place integer NOT NULL,
    stripe smallint NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (stripe, number, place)
);

-- Lock what a list may touch, end its expired holds, and answer its accounts as their owners see them.
CREATE FUNCTION ledger.look_at(p_request uuid, p_now timestamptz, debits bigint[], credits bigint[])
RETURNS TABLE (account bigint, asset smallint, floored boolean, normal_side text, free bigint, closed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM ledger.expire_on(debits || credits, p_now);
    PERFORM ledger.lock_accounts(ledger.stripe_of(p_request), ledger.is_plain(debits, credits), debits, credits);
    RETURN QUERY
        SELECT a.id, a.asset, a.free IS NOT NULL, a.normal_side::text, CASE WHEN a.free IS NOT NULL THEN b.available ELSE 0 END, a.closed_at IS NOT NULL
        FROM (SELECT DISTINCT w FROM unnest(debits || credits) AS w) d
        JOIN ledger.account a ON a.stripe = (d.w & 63)::smallint AND a.id = d.w
        JOIN ledger.balances_of(debits || credits, p_now) b ON b.account = a.id;
END $$;

CREATE FUNCTION ledger.record_refused(p_request uuid, p_number bigint, places integer[], codes text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
    INSERT INTO ledger.refused (number, place, stripe, code)
    SELECT p_number, e.place, ledger.stripe_of(p_request), e.code FROM unnest(places, codes) AS e (place, code)
$$;
