"""All pages of events; importing them gives the blueprint its routes."""

from puhui.web.events import counting, desk, numbers, offsets, people, public, reviews
from puhui.web.events.blueprint import blueprint

__all__ = ["blueprint", "counting", "desk", "numbers", "offsets", "people", "public", "reviews"]
