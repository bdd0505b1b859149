"""What every floor needs and no floor owns: time, ids, the root of errors, request ids and the outbox."""
