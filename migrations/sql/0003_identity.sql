-- Make persons, organisations, memberships, log-ins and the audit trail.
SELECT 1;
