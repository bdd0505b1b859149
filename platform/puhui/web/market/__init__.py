"""Public prices of the carbon market, with their publishers and their traps."""
