"""Providers found and registered."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from partners.providers.errors import ProviderUnknown
from partners.providers.model import Provider


def provider_of(session: Session, code: str) -> Provider:
    """Answer the open provider of this code. Raises ProviderUnknown."""
    found = session.scalar(sa.select(Provider).where(Provider.code == code, Provider.closed_at.is_(None)))
    if found is None:
        raise ProviderUnknown(provider=code)
    return found


def all_providers(session: Session, *, limit: int = 200) -> list[Provider]:
    """Every open provider, by code."""
    return list(
        session.scalars(sa.select(Provider).where(Provider.closed_at.is_(None)).order_by(Provider.code).limit(limit))
    )


def register(
    session: Session,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    time_zone: str,
    methods: list[str],
    formats: list[str] | None = None,
    not_before: datetime | None = None,
    max_age_days: int | None = None,
) -> Provider:
    """Make a provider, or answer the one that has this code already. ``ZoneInfoNotFoundError`` for an unknown zone."""
    made = Provider(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        time_zone=time_zone,
        methods=methods,
        formats=formats or [],
        not_before=not_before,
        max_age_days=max_age_days,
    )
    _ = made.zone
    fields = ("code", "name_zh", "name_en", "time_zone", "methods", "formats", "not_before", "max_age_days")
    values = {name: getattr(made, name) for name in fields}
    session.execute(insert(Provider).values(values).on_conflict_do_nothing(index_elements=["code"]))
    return provider_of(session, code)
