"""A page on which the API is read, made from its OpenAPI document."""
