"""The words of the audit trail's actions. A house test fails on an action that has none."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.identity.model import AuditEntry

WORDS: dict[str, object] = {
    "endpoint.opened": _l("登记推送地址"),
    "endpoint.closed": _l("停用推送地址"),
}


def word_of(action: str) -> str:
    """Answer the word of an action."""
    return str(WORDS.get(action, action))


def facts_of(entry: AuditEntry) -> str:
    """Answer an act's facts in one line."""
    return "；".join(f"{name}={value}" for name, value in sorted(entry.facts.items()) if value is not None)
