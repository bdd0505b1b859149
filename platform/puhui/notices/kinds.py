"""The sentences of notices, one line a kind. Facts are named in them; a fact is text, a whole number or an ISO date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """The title and the body of a kind of notice; *urgent* ones are a banner on the first page until read."""

    title: object
    body: object
    urgent: bool = False


# A feature adds its kinds here, a line each.
KINDS: dict[str, NoticeKind] = {
    "welcome": NoticeKind(_l("欢迎加入碳普惠"), _l("您的低碳行为会在这里变成积分和碳币。")),
}


def sentences_of(kind: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """Answer the translated title and body of a notice."""
    found = KINDS[kind]
    return str(found.title) % facts if facts else str(found.title), str(found.body) % facts if facts else str(
        found.body
    )
