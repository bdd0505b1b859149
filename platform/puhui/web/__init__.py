"""Web pages. A feature is a folder: ``views.py``, ``forms.py``, its templates and ``en.po``.

What a feature needs of the frame is named here.
"""

from puhui.edge import apart, house, now, session
from puhui.identity.audience import Audience, audience
from puhui.identity.current import current_person, current_provider, person_or_none
from puhui.web.pages import done, page, safe_target, wants_fragment

__all__ = [
    "Audience",
    "apart",
    "audience",
    "current_person",
    "current_provider",
    "done",
    "house",
    "now",
    "page",
    "person_or_none",
    "safe_target",
    "session",
    "wants_fragment",
]
