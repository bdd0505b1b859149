-- Identifiers, assets and accounts.

CREATE FUNCTION ledger.transfer_id(number bigint, place bigint, stripe bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (number << 23) | (place << 6) | (stripe & 63);

-- The sub-account of a spread account in a stripe.
CREATE FUNCTION ledger.sub_account(account bigint, stripe bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (account & ~63::bigint) | (stripe & 63);

-- The id that callers know: of a sub-account, the spread account's.
CREATE FUNCTION ledger.whole_account(account bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN account & 64 = 0 THEN account ELSE account & ~63::bigint END;

-- The sub-accounts of an account: all 64 of a spread one, else itself.
CREATE FUNCTION ledger.parts_of(p_account bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_account & 64 = 0 THEN ARRAY[p_account]
    ELSE (SELECT array_agg(ledger.sub_account(p_account, s)) FROM generate_series(0, 63) AS s) END;

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
            INSERT INTO ledger.account (id, stripe, asset, normal_side)
            SELECT ledger.sub_account((number << 7) | 64, s), s, opened, 'C' FROM generate_series(0, 63) AS s;
            INSERT INTO ledger.account_name (owner, purpose, asset, account, stripe)
            VALUES ('00000000-0000-0000-0000-000000000000', 'clearing', opened, (number << 7) | 64, 0);
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
    WITH wanted AS (
        SELECT DISTINCT ON (w.owner, w.purpose, s.id) w.owner, w.purpose, s.id AS asset, w.side, w.floored, w.spread
        FROM unnest(owners, purposes, assets, sides, floors, spreads) WITH ORDINALITY
            AS w (owner, purpose, asset, side, floored, spread, place)
        JOIN ledger.asset s ON s.code = w.asset
        WHERE NOT EXISTS (
            SELECT FROM ledger.account_name n
            WHERE n.stripe = ledger.stripe_of(w.owner) AND n.owner = w.owner AND n.purpose = w.purpose AND n.asset = s.id
        )
        ORDER BY w.owner, w.purpose, s.id, w.place
    ), numbered AS MATERIALIZED (
        SELECT wanted.*, ledger.stripe_of(owner) AS stripe,
            (nextval('ledger.account_number') << 7) | CASE WHEN spread THEN 64 ELSE ledger.stripe_of(owner) END AS account
        FROM wanted
    ), named AS (
        INSERT INTO ledger.account_name (owner, purpose, asset, account, stripe)
        SELECT owner, purpose, asset, account, stripe FROM numbered ORDER BY stripe, owner, purpose, asset
        ON CONFLICT DO NOTHING RETURNING account
    )
    INSERT INTO ledger.account (id, stripe, asset, normal_side, free)
    SELECT account | s, s, asset, side::"char", CASE WHEN floored THEN 0 END
    FROM numbered JOIN named USING (account) CROSS JOIN generate_series(0, 63) AS s
    WHERE spread OR s = stripe
    ORDER BY s, account;
END $$;

-- Accounts with their names, a row per sub-account: for reports of other floors.
CREATE VIEW ledger.named_account AS
SELECT a.*, n.owner, n.purpose, n.opened_at
FROM ledger.account a JOIN ledger.account_name n ON n.account = ledger.whole_account(a.id);
