-- The yardstick: one function call that inserts two rows and updates two balances, over 10,000 random accounts.
CREATE SCHEMA yardstick;
CREATE TABLE yardstick.account (id integer PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE yardstick.entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account integer NOT NULL,
    units bigint NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO yardstick.account SELECT id, 0 FROM generate_series(1, 10000) AS id;

CREATE FUNCTION yardstick.move(debit integer, credit integer, moved bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO yardstick.entry (account, units) VALUES (debit, -moved), (credit, moved);
    UPDATE yardstick.account SET balance = balance - moved WHERE id = debit;
    UPDATE yardstick.account SET balance = balance + moved WHERE id = credit;
END $$;
