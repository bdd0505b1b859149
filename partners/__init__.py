"""Who we work with: data providers, merchants, institutions, enterprises."""
