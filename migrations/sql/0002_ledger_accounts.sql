-- Identifiers, assets and accounts.

CREATE FUNCTION ledger.transfer_id(number bigint, place bigint, stripe bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (number << 23) | (place << 6) | (stripe & 63);

-- The sub-account of a spread account in a stripe.
CREATE FUNCTION ledger.sub_account(account bigint, stripe bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (account & ~63::bigint) | (stripe & 63);

-- Which account really takes part: of a spread one the sub-account in the other side's stripe, or at home where both
-- sides are spread. Without a home the ids mean what they say.
CREATE FUNCTION ledger.side(id bigint, other bigint, home bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN id & 64 = 0 OR home IS NULL THEN id
    WHEN other & 64 = 0 THEN (id & ~63::bigint) | (other & 63)
    ELSE (id & ~63::bigint) | home
END;

-- Where holds for an account lie: a hold lies in its debit's stripe, which may be any, or for a sub-account is its own.
CREATE FUNCTION ledger.stripes_of_credit(account bigint) RETURNS smallint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN account & 64 <> 0 THEN ARRAY[(account & 63)::smallint]
    ELSE (SELECT array_agg(s::smallint) FROM generate_series(0, 63) AS s) END;

CREATE FUNCTION ledger.stripe_of(owner uuid) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (get_byte(uuid_send(owner), 15) & 63)::smallint;

-- Open an asset together with its clearing account. Opening it again answers the one that is there.
CREATE FUNCTION ledger.open_asset(p_code text, p_scale integer, p_name text) RETURNS TABLE (code text, scale integer, name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    number bigint;
    opened smallint;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.asset a WHERE a.code = p_code) THEN
        number := nextval('ledger.account_number');
        INSERT INTO ledger.asset (code, scale, name, clearing)
        VALUES (p_code, p_scale, p_name, (number << 7) | 64)
        ON CONFLICT DO NOTHING RETURNING id INTO opened;
        IF opened IS NOT NULL THEN
            INSERT INTO ledger.account (id, owner, stripe, asset, normal_side, floor, purpose)
            SELECT ledger.sub_account((number << 7) | 64, s), '00000000-0000-0000-0000-000000000000', s, opened, 'C', false, 'clearing'
            FROM generate_series(0, 63) AS s;
        END IF;
    END IF;
    RETURN QUERY SELECT a.code, a.scale::integer, a.name FROM ledger.asset a WHERE a.code = p_code;
END $$;

-- Open accounts as a set; those that are there are left as they are. Answers nothing: the caller reads them back.
CREATE FUNCTION ledger.open_accounts(
    owners uuid[], purposes text[], assets text[], sides text[], floors boolean[], spreads boolean[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(purposes) AS p WHERE p !~ '^[a-z][a-z0-9_.:-]{0,63}$') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'a purpose is a lower-case word of at most 64 characters';
    END IF;
    WITH wanted AS (
        SELECT DISTINCT ON (w.owner, w.purpose, s.id) w.owner, w.purpose, s.id AS asset, w.side, w.floored, w.spread
        FROM unnest(owners, purposes, assets, sides, floors, spreads) WITH ORDINALITY
            AS w (owner, purpose, asset, side, floored, spread, place)
        JOIN ledger.asset s ON s.code = w.asset
        WHERE NOT EXISTS (
            SELECT FROM ledger.account a
            WHERE a.stripe = ledger.stripe_of(w.owner) AND a.owner = w.owner AND a.purpose = w.purpose AND a.asset = s.id
        )
        ORDER BY w.owner, w.purpose, s.id, w.place
    ), numbered AS MATERIALIZED (
        SELECT wanted.*, (nextval('ledger.account_number') << 7) | CASE WHEN spread THEN 64 ELSE 0 END AS first FROM wanted
    )
    INSERT INTO ledger.account (id, owner, stripe, asset, normal_side, floor, purpose)
    SELECT ledger.sub_account(first, s), owner, s, asset, side::"char", floored, purpose
    FROM numbered CROSS JOIN generate_series(0, 63) AS s
    WHERE spread OR s = ledger.stripe_of(owner)
    ORDER BY s, owner, purpose, asset
    ON CONFLICT (stripe, owner, purpose, asset) DO NOTHING;
END $$;
