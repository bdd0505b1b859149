-- Guards: a transfer is never changed, whoever asks; the program's role writes through the functions alone.

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'LD002', MESSAGE = format('%s of %I.%I is refused: a transfer is never changed, a mistake is answered by its reversal',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME);
END $$;

CREATE TRIGGER transfer_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER reversal_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.reversal
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refused_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.refused
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER link_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.link
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER late_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.late
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_name_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.account_name
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_is_kept BEFORE DELETE OR TRUNCATE ON ledger.account
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER request_is_kept BEFORE TRUNCATE ON ledger.request
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER hold_is_kept BEFORE DELETE OR TRUNCATE ON ledger.hold
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO puhui_app;
GRANT EXECUTE ON FUNCTION
    ledger.sum8(bigint),
    ledger.stripe_of(uuid),
    ledger.stripes_of_credit(bigint),
    ledger.side(bigint, bigint, bigint),
    ledger.transfer_id(bigint, bigint, bigint),
    ledger.sub_account(bigint, bigint),
    ledger.whole_account(bigint),
    ledger.open_asset(text, integer, text),
    ledger.open_accounts(uuid[], text[], text[], text[], boolean[], boolean[]),
    ledger.post_one(uuid, bytea, timestamptz, bigint, bigint, bigint, timestamptz, text, uuid, uuid),
    ledger.post_across(uuid, bytea, timestamptz, bigint, bigint, bigint, timestamptz, text, uuid, uuid),
    ledger.post_list(uuid, bytea, timestamptz, bigint[], bigint[], bigint[], timestamptz[], text[], uuid[], bigint[], text, text),
    ledger.hold_list(uuid, bytea, timestamptz, bigint[], bigint[], bigint[], timestamptz[], text[], uuid[]),
    ledger.end_hold(uuid, bytea, timestamptz, bigint, boolean, bigint),
    ledger.expire_holds(timestamptz, integer),
    ledger.close_account(uuid, bytea, timestamptz, bigint, boolean),
    ledger.look_at(uuid, timestamptz, bigint[], bigint[]),
    ledger.record_refused(uuid, bigint, integer[], text[]),
    ledger.balances_of(bigint[], timestamptz),
    ledger.parts_of(bigint),
    ledger.links_of(bigint[], text, timestamptz, bigint),
    ledger.balance_at(bigint, text, timestamptz, bigint),
    ledger.posted_rows(bigint, bigint[], timestamptz, integer),
    ledger.occurred_rows(ledger.place[], timestamptz, bigint, timestamptz, integer),
    ledger.statement_page(bigint, text, timestamptz, bigint, timestamptz, integer),
    ledger.totals_of(uuid[], text[], text[], timestamptz, timestamptz, text),
    ledger.whole_transfers(bigint[]),
    ledger.audit()
TO puhui_app;

SELECT ledger.open_asset('reduction', 0, '减排量 (g CO2e)');
SELECT ledger.open_asset('point', 0, '碳积分');
SELECT ledger.open_asset('coin', 0, '碳币');
