"""节约型机关 self-assessment of an institution, and its points for the operator."""
