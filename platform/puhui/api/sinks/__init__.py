"""Carbon sinks as JSON, for everybody."""
