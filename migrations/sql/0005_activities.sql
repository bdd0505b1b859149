-- Make methods and activities.
SELECT 1;
