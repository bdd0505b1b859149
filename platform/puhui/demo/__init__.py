"""The demo town 青禾市: fictional people, shops and institutions, made through the same actions that pages call.

``cast`` names them and needs nothing; ``town`` builds them.
"""
