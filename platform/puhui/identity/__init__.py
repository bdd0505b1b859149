"""Who is who: persons, organisations, memberships, log-ins, providers' programs, and whom a view is for."""
