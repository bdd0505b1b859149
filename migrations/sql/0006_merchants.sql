-- Merchants hand things over for coins. A merchant is an organisation and has its id; its stores have counters,
-- and a counter is where a voucher is redeemed. What a merchant is owed is in the ledger, not here.

CREATE TABLE partners.merchant (
    id           uuid PRIMARY KEY REFERENCES platform.organisation (id),
    name         text NOT NULL CHECK (name <> ''),
    name_en      text NOT NULL CHECK (name_en <> ''),
    kind         text NOT NULL CHECK (kind IN ('cafe', 'shop', 'restaurant', 'scenic', 'transit', 'culture', 'health')),
    county_code  text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),
    joined_at    timestamptz NOT NULL
);
COMMENT ON COLUMN partners.merchant.county_code IS 'Six digits of the administrative division (MCA).';
CREATE INDEX merchant_by_county ON partners.merchant (county_code, id);

CREATE TABLE partners.store (
    id           uuid PRIMARY KEY,
    merchant_id  uuid NOT NULL REFERENCES partners.merchant (id),
    name         text NOT NULL CHECK (name <> ''),
    name_en      text NOT NULL CHECK (name_en <> ''),
    address      text NOT NULL,
    county_code  text NOT NULL CHECK (county_code ~ '^[0-9]{6}$')
);
CREATE INDEX store_by_merchant ON partners.store (merchant_id, id);

CREATE TABLE partners.counter (
    id           uuid PRIMARY KEY,
    merchant_id  uuid NOT NULL REFERENCES partners.merchant (id),
    store_id     uuid NOT NULL REFERENCES partners.store (id),
    name         text NOT NULL CHECK (name <> ''),
    name_en      text NOT NULL CHECK (name_en <> '')
);
CREATE INDEX counter_by_merchant ON partners.counter (merchant_id, id);
