-- Make data providers and their riders.
SELECT 1;
