"""Words to people: each once, on their page 消息 and as a banner. Sentences stand in ``kinds``, facts in the database.

Delivery beyond the page (SMS, WeChat) has no gateway here; the page says what was said and when.
"""

from puhui.notices.actions import Notice, mark_read, staff_of, tell, tell_many
from puhui.notices.kinds import KINDS, NoticeKind, sentences_of
from puhui.notices.queries import NoticeRow, notices_of, unread_of

__all__ = [
    "KINDS",
    "Notice",
    "NoticeKind",
    "NoticeRow",
    "mark_read",
    "notices_of",
    "sentences_of",
    "staff_of",
    "tell",
    "tell_many",
    "unread_of",
]
