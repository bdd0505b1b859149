-- The audit: every law of the ledger as a query that answers what breaks it. Nothing is repaired.

CREATE VIEW ledger.trial_balance AS
SELECT a.stripe, s.code AS asset, sum(a.debits_posted)::bigint AS debits, sum(a.credits_posted)::bigint AS credits,
    count(*) AS accounts
FROM ledger.account a JOIN ledger.asset s ON s.id = a.asset
GROUP BY a.stripe, s.code;

CREATE FUNCTION ledger.audit() RETURNS TABLE (law text, subject text, expected text, found text)
LANGUAGE sql STABLE AS $$
    SELECT 'trial_balance', format('stripe %s, %s', stripe, asset), debits::text, credits::text
    FROM ledger.trial_balance WHERE debits <> credits
    UNION ALL
    SELECT 'clearing_sums_to_zero', s.code, '0', sum(a.credits_posted - a.debits_posted)::text
    FROM ledger.asset s JOIN ledger.account a ON a.id >= s.clearing AND a.id <= (s.clearing | 63)
    GROUP BY s.code HAVING sum(a.credits_posted - a.debits_posted) <> 0
    UNION ALL
    SELECT 'balance_matches_transfers', format('account %s', coalesce(a.id, t.id)),
        format('debits %s (%s), credits %s (%s)', coalesce(t.debits, 0), coalesce(t.debit_count, 0), coalesce(t.credits, 0), coalesce(t.credit_count, 0)),
        format('debits %s (%s), credits %s (%s)', a.debits_posted, a.debit_count, a.credits_posted, a.credit_count)
    FROM (
        SELECT e.id, sum(e.debits) AS debits, sum(e.credits) AS credits, sum(e.debit_count) AS debit_count, sum(e.credit_count) AS credit_count
        FROM (
            SELECT debit AS id, units AS debits, 0::bigint AS credits, 1 AS debit_count, 0 AS credit_count FROM ledger.transfer
            UNION ALL
            SELECT credit, 0, units, 0, 1 FROM ledger.transfer
        ) e GROUP BY e.id
    ) t FULL JOIN ledger.account a ON a.id = t.id
    WHERE a.id IS NULL
        OR (a.debits_posted, a.credits_posted, a.debit_count, a.credit_count)
            <> (coalesce(t.debits, 0), coalesce(t.credits, 0), coalesce(t.debit_count, 0), coalesce(t.credit_count, 0))
    UNION ALL
    SELECT 'pending_matches_holds', format('account %s', a.id),
        format('debits %s, credits %s', coalesce(h.debits, 0), coalesce(h.credits, 0)),
        format('debits %s, credits %s', a.debits_pending, a.credits_pending)
    FROM ledger.account a LEFT JOIN (
        SELECT e.id, sum(e.debits) AS debits, sum(e.credits) AS credits
        FROM (
            SELECT debit AS id, units AS debits, 0::bigint AS credits FROM ledger.hold WHERE state = 'held'
            UNION ALL
            SELECT credit, 0, units FROM ledger.hold WHERE state = 'held'
        ) e GROUP BY e.id
    ) h ON h.id = a.id
    WHERE (a.debits_pending, a.credits_pending) <> (coalesce(h.debits, 0), coalesce(h.credits, 0))
    UNION ALL
    SELECT 'floor', format('account %s', a.id), f.free::text, a.free::text
    FROM ledger.account a
    CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'C' THEN a.credits_posted - a.debits_posted - a.debits_pending
        ELSE a.debits_posted - a.credits_posted - a.credits_pending END AS free) f
    WHERE a.free IS NOT NULL AND (a.free <> f.free OR f.free < 0)
    UNION ALL
    SELECT 'reversed_once', format('transfer %s', coalesce(r.transfer, t.reverses)), coalesce(r.transfer, 0)::text, coalesce(t.reverses, 0)::text
    FROM ledger.reversal r FULL JOIN (SELECT id, reverses FROM ledger.transfer WHERE reverses IS NOT NULL) t
        ON t.reverses = r.transfer AND t.id = r.by
    WHERE r.transfer IS NULL OR t.reverses IS NULL
    UNION ALL
    SELECT 'within_one_stripe', format('transfer %s', t.id), 'one stripe, two accounts of one asset', format('stripe %s, accounts %s and %s', t.stripe, t.debit, t.credit)
    FROM ledger.transfer t
    LEFT JOIN ledger.account d ON d.stripe = t.stripe AND d.id = t.debit AND d.asset = t.asset
    LEFT JOIN ledger.account c ON c.stripe = t.stripe AND c.id = t.credit AND c.asset = t.asset
    WHERE t.stripe <> t.id & 63 OR t.debit = t.credit OR d.id IS NULL OR c.id IS NULL
    UNION ALL
    -- What a call was asked, encoded as its caller sent it, has the hash that was kept with its request; and it has as many
    -- transfers as it had items. (What `each` and `expire` were asked is not all in their transfers: they are only counted.)
    SELECT 'request_matches_transfers', format('call %s', coalesce(r.number, c.number)),
        format('%s transfers, %s', r.items, encode(r.input_hash, 'hex')), format('%s transfers, %s', c.items, encode(c.found, 'hex'))
    FROM (
        SELECT t.number, count(*) AS items, CASE WHEN count(t.reverses) = 0 THEN sha256('post'::bytea
            || array_send(array_agg(t.debit ORDER BY t.id >> 6)) || array_send(array_agg(t.credit ORDER BY t.id >> 6))
            || array_send(array_agg(t.units ORDER BY t.id >> 6))
            || array_send(CASE WHEN min(t.occurred_at) = max(t.occurred_at) THEN ARRAY[min(t.occurred_at)]
                ELSE array_agg(t.occurred_at ORDER BY t.id >> 6) END)
            || array_send(CASE WHEN min(t.kind) = max(t.kind) THEN ARRAY[min(t.kind)] ELSE array_agg(t.kind ORDER BY t.id >> 6) END)
            || array_send(CASE WHEN count(t.reference) = 0 THEN '{}' ELSE array_agg(t.reference ORDER BY t.id >> 6) END))
            ELSE sha256('reverse'::bytea || array_send(array_agg(t.reverses ORDER BY t.id >> 6)) || convert_to(min(t.reason), 'UTF8')) END AS found
        FROM (
            SELECT x.id >> 23 AS number, x.id, x.units::bigint, x.occurred_at, x.kind::text, x.reference, x.reverses, x.reason,
                ledger.whole_account(w.debit) AS debit, ledger.whole_account(w.credit) AS credit
            FROM ledger.transfer x
            JOIN ledger.asset s ON s.id = x.asset
            LEFT JOIN (SELECT part_of, min(debit) AS debit, min(credit) AS credit FROM ledger.transfer WHERE part_of IS NOT NULL GROUP BY part_of) p
                ON p.part_of = x.id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN x.debit & ~63::bigint = s.clearing THEN p.debit ELSE x.debit END AS debit,
                    CASE WHEN x.credit & ~63::bigint = s.clearing THEN p.credit ELSE x.credit END AS credit
            ) w
            WHERE x.part_of IS NULL
        ) t
        GROUP BY t.number
    ) c
    FULL JOIN (SELECT * FROM ledger.request WHERE operation IN ('post', 'reverse', 'each', 'expire', 'settle') AND items > 0) r ON r.number = c.number
    WHERE r.items IS DISTINCT FROM c.items OR (r.operation IN ('post', 'reverse') AND r.input_hash <> c.found)
    UNION ALL
    SELECT 'request_matches_holds', format('call %s', coalesce(r.number, c.number)),
        format('%s holds, %s', r.items, encode(r.input_hash, 'hex')), format('%s holds, %s', c.items, encode(c.found, 'hex'))
    FROM (
        SELECT h.number, count(*) AS items, sha256('hold'::bytea
            || array_send(array_agg(h.debit ORDER BY h.id >> 6)) || array_send(array_agg(h.credit ORDER BY h.id >> 6))
            || array_send(array_agg(h.units ORDER BY h.id >> 6)) || array_send(array_agg(h.expires_at ORDER BY h.id >> 6))
            || array_send(array_agg(h.kind ORDER BY h.id >> 6))
            || array_send(CASE WHEN count(h.reference) = 0 THEN '{}' ELSE array_agg(h.reference ORDER BY h.id >> 6) END)) AS found
        FROM (
            SELECT x.id >> 23 AS number, x.id, ledger.whole_account(x.debit) AS debit, ledger.whole_account(x.credit) AS credit,
                x.units::bigint, coalesce(x.expires_at, 'infinity') AS expires_at, x.kind::text, x.reference
            FROM ledger.hold x
        ) h
        GROUP BY h.number
    ) c
    FULL JOIN (SELECT * FROM ledger.request WHERE operation = 'hold') r ON r.number = c.number
    WHERE r.items IS DISTINCT FROM c.items OR r.input_hash <> c.found
    UNION ALL
    SELECT 'request_matches_holds', format('call %s', r.number), encode(r.input_hash, 'hex'), coalesce(format('hold %s, %s', h.id, h.state), 'no hold')
    FROM ledger.request r
    LEFT JOIN ledger.hold h ON h.transfer >> 23 = r.number
    WHERE r.operation = 'settle' AND (h.id IS NULL OR r.input_hash NOT IN (
        SELECT sha256(convert_to(format('end_hold %s True %s', h.id, u), 'UTF8')) FROM (VALUES ('None'), (h.settled_units::text)) AS w (u)))
    UNION ALL
    SELECT 'chain', format('transfer %s of account %s', w.id, w.account),
        format('after %s, total %s, number %s, latest %s', w.prev, w.total, w.seq, w.latest),
        format('after %s, total %s, number %s, latest %s', w.its_prev, w.its_total, w.its_seq, w.its_latest)
    FROM (
        SELECT e.*, coalesce(lag(e.id) OVER chain, 0) AS prev, ledger.sum8(e.units) OVER chain AS total, row_number() OVER chain AS seq,
            max(e.occurred_at) OVER chain AS latest
        FROM (
            SELECT id, debit AS account, 'D' AS side, units, debit_prev AS its_prev, debit_total AS its_total, debit_seq AS its_seq,
                occurred_at, debit_latest AS its_latest FROM ledger.transfer
            UNION ALL
            SELECT id, credit, 'C', units, credit_prev, credit_total, credit_seq, occurred_at, credit_latest FROM ledger.transfer
        ) e
        WINDOW chain AS (PARTITION BY e.account, e.side ORDER BY e.id ROWS UNBOUNDED PRECEDING)
    ) w
    WHERE (w.its_prev, w.its_total, w.its_seq, w.its_latest) <> (w.prev, w.total, w.seq, w.latest)
    UNION ALL
    -- The links and late arrivals that look-ups start from are those of the transfers, all of them and no other.
    (
        WITH wanted AS MATERIALIZED (
            SELECT id, debit AS account, true AS debits, posted_at AS at, debit_latest AS latest, NULL::bigint AS units
            FROM ledger.transfer WHERE debit_seq & 15 = 0
            UNION ALL SELECT id, credit, false, posted_at, credit_latest, NULL FROM ledger.transfer WHERE credit_seq & 15 = 0
            UNION ALL SELECT id, debit, true, occurred_at, NULL, units FROM ledger.transfer WHERE occurred_at < debit_latest
            UNION ALL SELECT id, credit, false, occurred_at, NULL, units FROM ledger.transfer WHERE occurred_at < credit_latest
        ), noted AS MATERIALIZED (
            SELECT id, account, debits, posted_at AS at, latest, NULL::bigint AS units FROM ledger.link
            UNION ALL SELECT id, account, debits, occurred_at, NULL, units FROM ledger.late
        )
        SELECT 'links', format('transfer %s of account %s', e.id, e.account), e.expected, e.found
        FROM (
            SELECT x.*, 'noted' AS expected, 'missing' AS found FROM (SELECT * FROM wanted EXCEPT ALL SELECT * FROM noted) x
            UNION ALL SELECT x.*, 'not noted', 'noted' FROM (SELECT * FROM noted EXCEPT ALL SELECT * FROM wanted) x
        ) e
    )
$$;
