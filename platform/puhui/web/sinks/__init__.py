"""Carbon sinks: projects for the public, their organisation, and the operator who reviews and issues."""
