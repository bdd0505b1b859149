-- Make rates, offers and vouchers.
SELECT 1;
