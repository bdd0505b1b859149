-- Make merchants, stores and counters.
SELECT 1;
