-- Make the ledger.
SELECT 1;
