"""The demo town 青禾市: fictional people, shops and institutions, made through the same actions that pages call."""

from puhui.demo.town import LogIn, build_town, is_built, log_ins

__all__ = ["LogIn", "build_town", "is_built", "log_ins"]
