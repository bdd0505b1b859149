"""The words of recipients."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from rewards.gifts import Recipient

KINDS: dict[str, object] = {"event": _l("受赠活动"), "sink": _l("碳汇")}
ASSETS: dict[str, object] = {"coin": _l("碳币"), "point": _l("积分")}


def recipient_name(recipient: Recipient) -> str:
    """Answer the recipient's name in the reader's language."""
    return recipient.name_en if recipient.name_en and get_locale().language == "en" else recipient.name
