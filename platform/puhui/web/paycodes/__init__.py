"""Pay codes: opened by a citizen, charged by a clerk, with the result at once and a receipt."""
