"""Foreign registries: serial blocks of Verra, Gold Standard, the American and the Climate Action registries."""
